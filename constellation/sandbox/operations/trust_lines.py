"""What an issuer may do to the flags of others' trust lines."""

from dataclasses import replace

from constellation.sandbox.accounts import AUTHORIZED, AUTHORIZED_TO_MAINTAIN, Account, TrustLine
from constellation.sandbox.assets import Asset
from constellation.sandbox.operations.base import Context, OperationFailed
from constellation.sandbox.operations.flags import TRUST_LINE_FLAGS

AUTHORIZATION = AUTHORIZED | AUTHORIZED_TO_MAINTAIN


def find_line(context: Context, trustor: str, asset: Asset) -> tuple[Account, TrustLine]:
    """Returns a holder and its trust line.

    Raises:
        OperationFailed: NO_TRUST_LINE.
    """
    holder = context.state.account(trustor)
    line = None if holder is None else holder.trust_lines.get(asset)
    if holder is None or line is None:
        raise OperationFailed("NO_TRUST_LINE")
    return holder, line


def set_line_flags(context: Context, holder: Account, asset: Asset, flags: int, *, changed: int) -> None:
    """Gives a trust line its flags, and notes what was said about those in `changed`."""
    holder.trust_lines[asset] = replace(holder.trust_lines[asset], flags=flags)
    told = {f"{name}_flag": bool(flags & flag) for flag, name in TRUST_LINE_FLAGS.items() if flag & changed}
    details = {"trustor": holder.account_id, **asset.fields(), **told}
    context.effect(context.source.account_id, "trustline_flags_updated", **details)
