"""Assets and amounts: immutable keys, their XDR forms and their Horizon spellings."""

import re
from dataclasses import dataclass

from stellar_sdk import xdr

from constellation.sandbox.addresses import account_id_from_xdr, account_id_to_xdr, some
from constellation.sandbox.limits import STROOPS_PER_LUMEN

_TYPE_NAMES = {
    xdr.AssetType.ASSET_TYPE_NATIVE: "native",
    xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4: "credit_alphanum4",
    xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM12: "credit_alphanum12",
}
_CODE_PATTERNS = {
    xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4: re.compile(r"[a-zA-Z0-9]{1,4}"),
    xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM12: re.compile(r"[a-zA-Z0-9]{5,12}"),
}


def format_amount(stroops: int) -> str:
    """Writes an amount as Horizon does, with seven decimals.

    >>> format_amount(12_345_678)
    '1.2345678'
    """
    return f"{stroops // STROOPS_PER_LUMEN}.{stroops % STROOPS_PER_LUMEN:07d}"


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset's identity. Code and issuer are empty for the native asset.

    An asset taken from a transaction may be invalid (its code can hold any bytes): operations ask `is_valid`.
    """

    type: xdr.AssetType = xdr.AssetType.ASSET_TYPE_NATIVE
    code: str = ""
    issuer: str = ""

    @property
    def is_native(self) -> bool:
        """Whether this is the lumen."""
        return self.type == xdr.AssetType.ASSET_TYPE_NATIVE

    @property
    def is_valid(self) -> bool:
        """Whether the code obeys the ledger's rules for its type."""
        return self.is_native or _CODE_PATTERNS[self.type].fullmatch(self.code) is not None

    @property
    def type_name(self) -> str:
        """The type as Horizon spells it, like `credit_alphanum4`."""
        return _TYPE_NAMES[self.type]

    def __str__(self) -> str:
        return "native" if self.is_native else f"{self.code}:{self.issuer}"

    @classmethod
    def parse(cls, text: str) -> "Asset":
        """Reads `native` or `CODE:ISSUER`.

        Raises:
            ValueError: if the text names no valid asset.
        """
        if text == "native":
            return NATIVE
        code, _, issuer = text.partition(":")
        account_id_to_xdr(issuer)
        asset = cls(_type_for(code), code, issuer)
        if not asset.is_valid:
            raise ValueError(f"not an asset code: {code!r}")
        return asset

    @classmethod
    def from_xdr(cls, asset: xdr.Asset | xdr.ChangeTrustAsset) -> "Asset":
        """Reads an asset; the caller has excluded pool shares."""
        if asset.type == xdr.AssetType.ASSET_TYPE_NATIVE:
            return NATIVE
        if asset.type == xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4:
            short = some(asset.alpha_num4)
            return cls(asset.type, _text(short.asset_code.asset_code4), account_id_from_xdr(short.issuer))
        long = some(asset.alpha_num12)
        return cls(asset.type, _text(long.asset_code.asset_code12), account_id_from_xdr(long.issuer))

    @classmethod
    def from_code_xdr(cls, code: xdr.AssetCode, issuer: str) -> "Asset":
        """Reads an asset of which only the code is given."""
        if code.type == xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4:
            return cls(code.type, _text(some(code.asset_code4).asset_code4), issuer)
        return cls(code.type, _text(some(code.asset_code12).asset_code12), issuer)

    def to_xdr(self) -> xdr.Asset:
        """Returns the XDR form, exactly as it was in the transaction."""
        if self.is_native:
            return xdr.Asset(self.type)
        issuer, code = account_id_to_xdr(self.issuer), self.code.encode("latin-1")
        if self.type == xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4:
            short = xdr.AlphaNum4(xdr.AssetCode4(code.ljust(4, b"\0")), issuer)
            return xdr.Asset(self.type, alpha_num4=short)
        long = xdr.AlphaNum12(xdr.AssetCode12(code.ljust(12, b"\0")), issuer)
        return xdr.Asset(self.type, alpha_num12=long)

    def fields(self, prefix: str = "") -> dict[str, object]:
        """Returns the JSON fields asset_type, asset_code and asset_issuer, each with the prefix."""
        if self.is_native:
            return {f"{prefix}asset_type": self.type_name}
        return {
            f"{prefix}asset_type": self.type_name,
            f"{prefix}asset_code": self.code,
            f"{prefix}asset_issuer": self.issuer,
        }


NATIVE = Asset()


def _type_for(code: str) -> xdr.AssetType:
    if len(code) <= 4:
        return xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4
    return xdr.AssetType.ASSET_TYPE_CREDIT_ALPHANUM12


def _text(code: bytes) -> str:
    # Latin-1 maps every byte to a character and back, so that an invalid code survives until it is refused.
    return code.rstrip(b"\0").decode("latin-1")
