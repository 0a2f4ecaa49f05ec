"""Request batch: operations of one account under one signature, each executed as a quantum of its own.

An operation that breaks a rule has that as its only effect, and the others go on; or, where the batch is all or
nothing, the batch is refused whole and everything is as it was before. Nothing that the operations of a batch may do
reaches beyond accounts, balances and books, all of which can be undone (:mod:`constellation.vault.journal`).

All operations together meet at most as many resting orders, and cancel at most as many of their own, as one quantum
may: a batch is executed at a stretch, and nobody else shall wait for a hundred times as long.
"""

from collections import defaultdict

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    Effect,
    EffectGroup,
    OperationRefused,
    OrderClosed,
    OrderCloseReason,
    RequestBatch,
)
from constellation.quanta.context import Context
from constellation.quanta.executed import effect_groups
from constellation.quanta.keys import use_nonce
from constellation.quanta.operations import BATCHED
from constellation.quanta.request import check_allowed, check_author
from constellation.quanta.state import State
from constellation.quanta.triggered import run_triggered
from constellation.vault import Account, Journal


def check_request_batch(state: State, batch: RequestBatch, timestamp: int) -> Account:
    """The account that asks, for a batch that may be executed.

    Raises:
        Rejection: those of a request, EMPTY_BATCH or NOT_IN_BATCH.
    """
    account = check_author(state, batch, timestamp)
    if not batch.operations:
        raise Rejection(Code.EMPTY_BATCH, "the batch has no operations")
    for place, operation in enumerate(batch.operations):
        if type(operation) not in BATCHED:
            raise Rejection(
                Code.NOT_IN_BATCH,
                f"{_name(batch, place)} is a {type(operation).__name__}: send it as a request of its own",
            )
    for operation in batch.operations:
        check_allowed(state, account, batch.signer, operation, timestamp)
    return account


def execute_request_batch(state: State, timestamp: int, batch: RequestBatch) -> list[list[EffectGroup]]:
    """Execute a batch; the effects of each operation by account.

    Raises:
        Rejection: it breaks a rule, or one of its operations does and it is all or nothing; the state is unchanged.
    """
    account = check_request_batch(state, batch, timestamp)
    if batch.all_or_nothing:
        state.vault.journal = Journal()
    try:
        done = _execute_operations(state, timestamp, batch, account)
    finally:
        state.vault.journal = None
        state.engine.fills_max, state.engine.cancels_max = state.settings.limits.fills, state.rules.cancels_max
    use_nonce(account, batch)
    return done


def _execute_operations(state: State, timestamp: int, batch: RequestBatch, account: Account) -> list[list[EffectGroup]]:
    engine, changed = state.engine, len(state.changed)
    done: list[list[EffectGroup]] = []
    for place, operation in enumerate(batch.operations):
        context = Context(state, state.apex + 1 + place, timestamp, defaultdict(list))
        try:
            BATCHED[type(operation)](context, account, operation)
            run_triggered(context)
        except Rejection as error:
            if batch.all_or_nothing:
                _undo(state, done, changed)
                raise Rejection(error.code, f"{_name(batch, place)}: {error.message}") from None
            context.emit(account.key, OperationRefused(error.code))
        engine.fills_max -= context.met
        engine.cancels_max -= sum(_is_cancel(item) for item in context.effects[account.key])
        done.append(effect_groups(context))
    return done


def _is_cancel(effect: Effect) -> bool:
    return isinstance(effect, OrderClosed) and effect.reason is OrderCloseReason.CANCELLED


def _undo(state: State, done: list[list[EffectGroup]], changed: int) -> None:
    """Bring back what was before the operations in ``done``; the one that was refused has changed nothing.

    Args:
        state: what they have changed.
        done: their effects.
        changed: how many entries of the state tree were out of date before them.
    """
    for groups in reversed(done):
        for group in groups:
            state.vault.accounts[group.account].effect_number = group.first_number - 1
    journal, state.vault.journal = state.vault.journal, None  # nothing is noted while it is undone
    assert journal is not None
    journal.undo()
    for key in list(state.changed)[changed:]:
        del state.changed[key]


def _name(batch: RequestBatch, place: int) -> str:
    return f"operation {place + 1} of {len(batch.operations)}"
