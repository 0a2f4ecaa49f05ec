"""The account's history as trades, ledger entries, deposits and withdrawals."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal

from constellation.protocol.messages import WithdrawalOutcome
from constellation.sdk.effects import (
    DepositCredited,
    Effect,
    FeeCollected,
    Fill,
    PaymentReceived,
    PaymentSent,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalPrepared,
)
from constellation.sdk.history import HistoryItem
from constellation.sdk.markets import Catalogue
from constellation.sdk.orders_of import own_trade
from constellation.sdk.unified import LedgerEntry, OwnTrade, Transaction
from constellation.sdk.views import OpenWithdrawal

LEDGER_KINDS: Final = ("trade", "payment", "deposit", "withdrawal", "fee")

_OUTCOMES: Final[Mapping[WithdrawalOutcome, Literal["ok", "failed", "canceled"]]] = {
    WithdrawalOutcome.PAID: "ok",
    WithdrawalOutcome.FAILED: "failed",
    WithdrawalOutcome.LAPSED: "canceled",
    WithdrawalOutcome.REFUSED_BY_AUDITORS: "canceled",
    WithdrawalOutcome.NOT_APPROVED: "canceled",
}


def past_trade(catalogue: Catalogue, item: HistoryItem) -> OwnTrade:
    """A fill of the history."""
    assert isinstance(item.effect, Fill)
    return own_trade(catalogue, item.effect, item.apex, item.number, item.timestamp)


def deposit(address: str, item: HistoryItem) -> Transaction:
    """A deposit of the history."""
    effect = item.effect
    assert isinstance(effect, DepositCredited)
    return Transaction(
        effect.transaction, "deposit", effect.asset, effect.amount, "ok", effect.transaction, effect.source, address,
        item.timestamp, item.timestamp,
    )  # fmt: skip


def accepted_withdrawal(effect: WithdrawalAccepted, timestamp: int) -> Transaction:
    """A withdrawal that has just been asked for."""
    return Transaction(
        str(effect.withdrawal_id), "withdrawal", effect.asset, effect.amount, "pending", None, None,
        effect.destination, timestamp, timestamp,
    )  # fmt: skip


def follow_withdrawal(known: dict[int, Transaction], effect: Effect, timestamp: int) -> int | None:
    """What the next effect makes of the withdrawals that are known; the id of the one that has changed."""
    if isinstance(effect, WithdrawalAccepted):
        known[effect.withdrawal_id] = accepted_withdrawal(effect, timestamp)
    elif isinstance(effect, WithdrawalPrepared | WithdrawalClosed) and effect.withdrawal_id in known:
        status = _OUTCOMES[effect.outcome] if isinstance(effect, WithdrawalClosed) else "pending"
        before = known[effect.withdrawal_id]
        known[effect.withdrawal_id] = replace(before, txid=effect.transaction, updated_at=timestamp, status=status)
    else:
        return None
    return effect.withdrawal_id


def open_withdrawal(withdrawal: OpenWithdrawal) -> Transaction:
    """A withdrawal of the account that is on its way; when it was asked for is not known."""
    return Transaction(
        str(withdrawal.withdrawal_id), "withdrawal", withdrawal.asset, withdrawal.amount, "pending",
        withdrawal.transaction, None, withdrawal.destination, None, None,
    )  # fmt: skip


async def ledger_entries(catalogue: Catalogue, items: AsyncIterator[HistoryItem]) -> AsyncIterator[LedgerEntry]:
    """The changes of what the account owns, in the order of the items; a withdrawal counts when the ledger has paid.

    Withdrawals name their asset when they are accepted: of one that was accepted before the first item, nothing is
    told.
    """
    withdrawals: dict[int, Transaction] = {}
    async for item in items:
        follow_withdrawal(withdrawals, item.effect, item.timestamp)
        for entry in _entries(catalogue, withdrawals, item):
            yield entry


async def ledger_entries_back(
    catalogue: Catalogue, items: AsyncIterator[HistoryItem], withdrawals: AsyncIterator[HistoryItem]
) -> AsyncIterator[LedgerEntry]:
    """The same, the newest first.

    Args:
        catalogue: of names.
        items: that go back in time.
        withdrawals: what is known of withdrawals, back in time, too: it is read as far as it takes to name those paid.
    """
    accepted: dict[int, Transaction] = {}
    async for item in items:
        if isinstance(item.effect, WithdrawalClosed):
            while item.effect.withdrawal_id not in accepted and (earlier := await anext(withdrawals, None)):
                if isinstance(earlier.effect, WithdrawalAccepted):
                    follow_withdrawal(accepted, earlier.effect, earlier.timestamp)
            follow_withdrawal(accepted, item.effect, item.timestamp)
        for entry in reversed([*_entries(catalogue, accepted, item)]):
            yield entry


def _entries(catalogue: Catalogue, withdrawals: dict[int, Transaction], item: HistoryItem) -> Iterator[LedgerEntry]:
    number, at, effect = str(item.number), item.timestamp, item.effect
    match effect:
        case Fill():
            yield from _of_fill(catalogue, effect, item)
        case PaymentSent():
            facts = effect.asset, effect.amount, at, effect.destination
            yield LedgerEntry(number, "transfer", "out", *facts, memo=effect.memo)
        case PaymentReceived():
            facts = effect.asset, effect.amount, at, effect.source
            yield LedgerEntry(number, "transfer", "in", *facts, memo=effect.memo)
        case DepositCredited():
            yield LedgerEntry(
                number, "deposit", "in", effect.asset, effect.amount, at, effect.source, effect.transaction
            )
        case FeeCollected():
            yield LedgerEntry(number, "fee", "in", effect.asset, effect.amount, at)
        case WithdrawalClosed():
            known = withdrawals.pop(effect.withdrawal_id, None)
            if known is not None and known.status == "ok":
                yield LedgerEntry(
                    number, "withdrawal", "out", known.currency, known.amount, at, known.address_to, known.id
                )
        case _:
            pass


def _of_fill(catalogue: Catalogue, fill: Fill, item: HistoryItem) -> Iterator[LedgerEntry]:
    """What was given, what was received, and the fee of it."""
    market = catalogue.market(fill.market)
    base, quote = (market.base, fill.amount), (market.quote, fill.quote_amount)
    given, received = (quote, base) if fill.side == "buy" else (base, quote)
    number, at, order = item.number, item.timestamp, str(fill.order_id)
    yield LedgerEntry(f"{number}-out", "trade", "out", *given, at, None, order)
    yield LedgerEntry(f"{number}-in", "trade", "in", *received, at, None, order)
    if fill.fee:
        yield LedgerEntry(f"{number}-fee", "fee", "out", received[0], fill.fee, at, None, order)
