"""Parts of a ledger's transactions as the constellation names them."""

from typing import TypeVar

from stellar_sdk import xdr

from constellation.protocol.limits import UINT64_MAX
from constellation.protocol.messages import AssetIdentity, CreditAsset, LedgerMemo

Arm = TypeVar("Arm")


def some(arm: Arm | None) -> Arm:
    """The arm of a union that must be the chosen one."""
    if arm is None:
        raise ValueError("a part that must be there is missing")
    return arm


def account_of(account: xdr.MuxedAccount) -> bytes:
    """The key of an account, also of a muxed one."""
    muxed = account.med25519
    return some(account.ed25519).uint256 if muxed is None else muxed.ed25519.uint256


def key_of(account: xdr.AccountID) -> bytes:
    """The key of an account that cannot be muxed."""
    return some(account.account_id.ed25519).uint256


def asset_of(asset: xdr.Asset) -> AssetIdentity:
    """The identity of an asset; None for lumens."""
    if asset.type is xdr.AssetType.ASSET_TYPE_NATIVE:
        return None
    if asset.alpha_num4 is not None:
        return CreditAsset(code_of(asset.alpha_num4.asset_code.asset_code4), key_of(asset.alpha_num4.issuer))
    long = some(asset.alpha_num12)
    return CreditAsset(code_of(long.asset_code.asset_code12), key_of(long.issuer))


def code_of(padded: bytes) -> str:
    """An asset's code without its padding."""
    return padded.rstrip(b"\0").decode("ascii")


def memo_of(memo: xdr.Memo) -> LedgerMemo:
    """An id, also when it is written as text; other memos as bytes."""
    match memo.type:
        case xdr.MemoType.MEMO_NONE:
            return None
        case xdr.MemoType.MEMO_ID:
            return some(memo.id).uint64
        case xdr.MemoType.MEMO_TEXT:
            return _number(some(memo.text))
        case xdr.MemoType.MEMO_HASH:
            return some(memo.hash).hash
        case xdr.MemoType.MEMO_RETURN:
            return some(memo.ret_hash).hash


def _number(text: bytes) -> LedgerMemo:
    """The number that ``text`` writes without sign, spaces or leading zeros; otherwise ``text``."""
    if text.isdigit() and text[:1] != b"0" and int(text) <= UINT64_MAX:
        return int(text)
    return text or None
