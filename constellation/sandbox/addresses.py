"""Account addresses: between the ledger's XDR and the G… and M… strings used everywhere else."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from stellar_sdk import StrKey, xdr

T = TypeVar("T")


def some(value: T | None) -> T:
    """Unwraps the arm of an XDR union that its discriminant promises."""
    assert value is not None
    return value


@lru_cache(maxsize=10_000)
def encode_public_key(key: bytes) -> str:
    """Returns the G… address of a raw Ed25519 public key."""
    return StrKey.encode_ed25519_public_key(key)


@lru_cache(maxsize=10_000)
def decode_public_key(account_id: str) -> bytes:
    """Returns the raw Ed25519 public key of a G… address.

    Raises:
        ValueError: if the string is not such an address.
    """
    return StrKey.decode_ed25519_public_key(account_id)


def account_id_from_xdr(account: xdr.AccountID) -> str:
    """Returns the G… address of an XDR account id."""
    return encode_public_key(some(account.account_id.ed25519).uint256)


def account_id_to_xdr(account_id: str) -> xdr.AccountID:
    """Returns the XDR account id of a G… address."""
    key = xdr.Uint256(decode_public_key(account_id))
    return xdr.AccountID(xdr.PublicKey(xdr.PublicKeyType.PUBLIC_KEY_TYPE_ED25519, key))


@dataclass(frozen=True, slots=True)
class Address:
    """An account as a transaction names it: the account, and for a muxed address the customer's number."""

    account_id: str
    muxed_id: int | None = None

    @classmethod
    def from_xdr(cls, account: xdr.MuxedAccount) -> "Address":
        """Reads a muxed or plain account."""
        if account.type == xdr.CryptoKeyType.KEY_TYPE_MUXED_ED25519:
            muxed = some(account.med25519)
            return cls(encode_public_key(muxed.ed25519.uint256), muxed.id.uint64)
        return cls(encode_public_key(some(account.ed25519).uint256))

    def fields(self, prefix: str) -> dict[str, object]:
        """Returns the two JSON fields `<prefix>_muxed` and `<prefix>_muxed_id`; none for a plain account."""
        if self.muxed_id is None:
            return {}
        raw = decode_public_key(self.account_id) + self.muxed_id.to_bytes(8, "big")
        return {
            f"{prefix}_muxed": StrKey.encode_med25519_public_key(raw),
            f"{prefix}_muxed_id": str(self.muxed_id),
        }
