"""The signature checker: which signatures of a transaction carry how much weight.

A transaction must carry exactly the signatures it needs. Every check walks the signatures in their order, adds the
weight of each signer found, stops as soon as the needed weight is reached, and marks what it used; a signature that
no check has used in the end makes the transaction invalid (txBAD_AUTH_EXTRA).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from stellar_sdk import SignerKey, StrKey, xdr

from constellation.sandbox.accounts import Account
from constellation.sandbox.addresses import decode_public_key
from constellation.sandbox.limits import SIGNATURE_CACHE_SIZE, WEIGHT_MAX

_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """A decorated signature: the last four bytes of the signer's key, and the signature itself."""

    hint: bytes
    signature: bytes

    @classmethod
    def from_xdr(cls, decorated: xdr.DecoratedSignature) -> "Signature":
        """Reads a decorated signature."""
        return cls(decorated.hint.signature_hint, decorated.signature.signature)


def signer_key_from_xdr(key: xdr.SignerKey) -> str:
    """Returns a signer's key in its string form: G…, T…, X… or P…."""
    return SignerKey.from_xdr_object(key).encoded_signer_key


def account_signers(account: Account) -> dict[str, int]:
    """Returns every key that may sign for the account, with its weight."""
    master = {account.account_id: account.master_weight} if account.master_weight else {}
    return master | account.signers


class SignatureChecker:
    """Checks the signatures of one transaction, and remembers which of them were needed."""

    def __init__(self, contents_hash: bytes, signatures: Iterable[Signature]) -> None:
        self._hash = contents_hash
        self._signatures = tuple(signatures)
        self._used = [False] * len(self._signatures)

    @property
    def all_used(self) -> bool:
        """Whether every signature was needed by some check."""
        return all(self._used)

    def check(self, signers: Mapping[str, int], needed_weight: int) -> bool:
        """Whether the signatures reach a weight; a needed weight of zero still takes one valid signature."""
        by_kind: dict[str, dict[str, int]] = {}
        for key, weight in signers.items():
            by_kind.setdefault(key[0], {})[key] = min(weight, WEIGHT_MAX)
        total = 0
        for key, weight in by_kind.get("T", {}).items():
            if StrKey.decode_pre_auth_tx(key) == self._hash:
                total += weight
                if total >= needed_weight:
                    return True
        for kind, verify in _VERIFIERS.items():
            for weight in self._weights(by_kind.get(kind, {}), verify):
                total += weight
                if total >= needed_weight:
                    return True
        return False

    def _weights(self, signers: dict[str, int], verify: "_Verifier") -> Iterator[int]:
        """Yields the weight of each signer that signed, at most once, and marks its signature as used."""
        for index, signature in enumerate(self._signatures):
            key = next((key for key in signers if verify(key, signature, self._hash)), None)
            if key is not None:
                self._used[index] = True
                yield signers.pop(key)


_Verifier = Callable[[str, Signature, bytes], bool]


@lru_cache(maxsize=SIGNATURE_CACHE_SIZE)
def _verify(key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != _SIGNATURE_BYTES:
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True


def _verify_ed25519(account_id: str, signature: Signature, contents_hash: bytes) -> bool:
    key = decode_public_key(account_id)
    return key[-4:] == signature.hint and _verify(key, signature.signature, contents_hash)


def _verify_hash_x(signer: str, signature: Signature, _contents_hash: bytes) -> bool:
    key = StrKey.decode_sha256_hash(signer)
    return key[-4:] == signature.hint and hashlib.sha256(signature.signature).digest() == key


def _verify_signed_payload(signer: str, signature: Signature, _contents_hash: bytes) -> bool:
    raw = StrKey.decode_ed25519_signed_payload(signer)
    key, length = raw[:32], int.from_bytes(raw[32:36], "big")
    payload = raw[36 : 36 + length]
    payload_hint = payload[-4:].ljust(4, b"\0")
    hint = bytes(a ^ b for a, b in zip(key[-4:], payload_hint, strict=True))
    return hint == signature.hint and _verify(key, signature.signature, payload)


_VERIFIERS: dict[str, _Verifier] = {"X": _verify_hash_x, "G": _verify_ed25519, "P": _verify_signed_payload}
"""Verification by kind of signer, in the order in which the ledger tries them."""
