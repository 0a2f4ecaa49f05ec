"""What the ledger says has happened to the vault's money: read from its effects, by nobody's rules but the ledger's."""

from dataclasses import dataclass

from stellar_sdk import xdr

from constellation.protocol.amounts import parse_amount
from constellation.sandbox.history import EffectRecord
from constellation.testing.money.world import VaultWorld


@dataclass(frozen=True)
class Movement:
    """Money that came into the vault or left it.

    Attributes:
        operation: its place on the ledger; of a claim, the place where the balance was made.
        transaction: hash of the (inner) transaction.
        asset: its name, ``native`` or ``CODE:ISSUER``.
        amount: in stroops; negative when it left.
        is_loss: nobody in the constellation asked for it: a clawback, or a transaction that others signed.
    """

    operation: int
    transaction: bytes
    asset: str
    amount: int
    is_loss: bool


def movements(world: VaultWorld, *, until: int | None = None) -> list[Movement]:
    """All movements since deposits count, in order.

    Args:
        world: with the ledger.
        until: the last ledger that counts.
    """
    last = world.ledger.latest.sequence if until is None else until
    tape = world.ledger.history.effects_of(world.vault)
    start = world.settings.ledger_cursor, 0
    records = [item for item in tape.newest(since=start, before=((last + 1) << 32, 0)) if _moves(item)]
    return [_movement(world, record) for record in reversed(records)]


def _moves(record: EffectRecord) -> bool:
    return record.effect.type in ("account_credited", "account_debited")


def _movement(world: VaultWorld, record: EffectRecord) -> Movement:
    operation, details = record.operation, record.effect.details
    included = operation.transaction.envelope.transaction
    amount = parse_amount(str(details["amount"]))
    is_clawback = operation.operation.kind is xdr.OperationType.CLAWBACK
    return Movement(
        _origin(world, record),
        included.hash,
        _name(details),
        amount if record.effect.type == "account_credited" else -amount,
        is_clawback or included.hash.hex() in world.unasked,
    )


def _origin(world: VaultWorld, record: EffectRecord) -> int:
    """Where the money set out: a claimable balance where it was made."""
    operation = record.operation
    if operation.operation.kind is not xdr.OperationType.CLAIM_CLAIMABLE_BALANCE:
        return operation.toid
    (balance,) = operation.operation.claimable_balances(operation.result)
    return world.ledger.history.operations_of(balance).first.toid


def _name(details: dict[str, object]) -> str:
    if details["asset_type"] == "native":
        return "native"
    return f"{details['asset_code']}:{details['asset_issuer']}"


def lost(world: VaultWorld, asset: str, *, until: int | None = None) -> int:
    """What left the vault without being asked for, in stroops, of the asset with a name."""
    return -sum(item.amount for item in movements(world, until=until) if item.is_loss and item.asset == asset)
