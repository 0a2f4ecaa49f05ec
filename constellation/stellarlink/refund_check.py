"""Whether what a plan says of the ledger is what this node's own server says. No I/O.

The plan shows the ledger as it was, the own server as it is now. What happened in between is known from the vault's
transactions, so the past can be computed. A difference that could cost money, or make a transaction fail, refuses the
plan; one that only leaves more to a later plan is told.
"""

from collections.abc import Iterator

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import Code
from constellation.stellarlink.refund_ledger import LedgerView, vault_lines
from constellation.stellarlink.refund_model import (
    VALID_DAYS_MAX,
    Choices,
    ClaimKey,
    LedgerFacts,
    Obstacle,
    RefundRefused,
)
from constellation.stellarlink.refund_payments import RefundPlan, Way

_DAY_S = 86_400


def check_times(facts: LedgerFacts, choices: Choices, view: LedgerView, closed_at_s: int | None) -> None:
    """Check the plan's ledger and its time bound.

    Args:
        facts: what the plan says.
        choices: of the plan.
        view: the ledger now.
        closed_at_s: when the plan's ledger closed, by the own server; None when it does not have it.

    Raises:
        RefundRefused: they cannot be right, or the plan has expired.
    """
    info = view.info
    if facts.ledger > info.latest_ledger:
        raise RefundRefused(
            f"the plan is of ledger {facts.ledger}, your server is at {info.latest_ledger}: try again later",
            Code.NOT_READY,
        )
    if closed_at_s != facts.closed_at_s:
        raise RefundRefused(f"ledger {facts.ledger} closed at {closed_at_s}, the plan says {facts.closed_at_s}")
    if info.base_reserve != facts.base_reserve:
        raise RefundRefused(f"the ledger's base reserve is {info.base_reserve}, the plan says {facts.base_reserve}")
    if info.latest_closed_at_s >= choices.max_time_s:
        raise RefundRefused("the plan has expired: make a new one", Code.EXPIRED)
    if choices.max_time_s > facts.closed_at_s + VALID_DAYS_MAX * _DAY_S:
        raise RefundRefused(f"the plan is valid for more than {VALID_DAYS_MAX} days", Code.VALIDITY_TOO_LONG)


def check_vault_and_channels(facts: LedgerFacts, view: LedgerView) -> Iterator[str]:
    """Compare vault and channels with the own server; notes for the signer.

    Raises:
        RefundRefused: they differ in a way that matters.
    """
    later = view.history.after(facts.ledger)
    now = vault_lines(view.vault)
    for asset in sorted({*now, *facts.vault}):
        line, claimed = now.get(asset), facts.vault.get(asset)
        if line is None or claimed is None:
            raise RefundRefused(f"only one of the plan and the ledger has {asset} in the vault")
        then = line.amount - later.change(asset)
        if then < claimed.amount:
            raise RefundRefused(
                f"the vault held {format_amount(then)} of {asset} at ledger {facts.ledger}, the plan says "
                f"{format_amount(claimed.amount)}: {format_amount(claimed.amount - then)} are missing"
            )
        if then > claimed.amount:
            yield f"{format_amount(then - claimed.amount)} of {asset} more are in the vault than the plan knows of"
        if claimed.is_authorized and not line.is_authorized:
            raise RefundRefused(f"the issuer of {asset} does not let the vault pay any more: set the asset aside")
        if line.is_authorized and not claimed.is_authorized:
            yield f"the vault can pay {asset} again, which the plan leaves out"
    if not later.outflows and view.vault.reserves != facts.vault_reserves:
        raise RefundRefused(
            f"the vault must keep {view.vault.reserves} base reserves, the plan says {facts.vault_reserves}"
        )
    _check_channels(facts, view)


def _check_channels(facts: LedgerFacts, view: LedgerView) -> None:
    later = view.history.after(facts.ledger)
    expected = [account.address for account in view.channels]
    if [item.address for item in facts.channels] != expected:
        raise RefundRefused("the plan's channels are not those of the settings, in their order")
    for item, account in zip(facts.channels, view.channels, strict=True):
        used = [event.sequence for event in later.used if event.channel == item.address]
        then = min(used) - 1 if used else account.sequence
        if item.sequence != then:
            raise RefundRefused(
                f"channel {item.address} had sequence number {then} at ledger {facts.ledger}, the plan says "
                f"{item.sequence}"
            )


def check_obstacles(
    plan: RefundPlan, claimed: dict[ClaimKey, Obstacle], now: dict[ClaimKey, Obstacle], view: LedgerView
) -> list[str]:
    """Compare who can receive what; notes for the signer.

    Args:
        plan: as it follows from the claimed obstacles.
        claimed: what the plan says.
        now: what the own server says.
        view: the ledger now; transactions of the plan that are on it are not judged again.

    Raises:
        RefundRefused: a transaction of the plan would fail.
    """
    notes = []
    done = {event.hash for event in view.history.used}
    for transaction in plan.transactions:
        if transaction.hash.hex() in done:
            continue
        for item in transaction.repayments:
            key = item.owner, item.asset
            if item.way is Way.PAYMENT and key in now:
                raise RefundRefused(f"{item.owner} cannot be paid {item.asset} now ({now[key].value}): plan again")
            if item.way is Way.CREATE_ACCOUNT and now.get(key) is not Obstacle.NO_ACCOUNT:
                raise RefundRefused(f"{item.owner} has an account now: plan again")
    for (owner, asset), obstacle in claimed.items():
        if (owner, asset) not in now:
            notes.append(f"{owner} could be paid {asset} now, where the plan says {obstacle.value}")
    return notes
