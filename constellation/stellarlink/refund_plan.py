"""Makes the plan of a refund: who is paid how, by which transactions, and the proof that nothing is left out. No I/O.

The plan follows from what is owed, the facts of the ledger and the choices: every auditor derives the same bytes.

=========================================  ==================================================================
an owner who                               gets
=========================================  ==================================================================
can be paid                                a payment
has no account (any more)                  an account with the lumens, when they suffice for one
cannot receive otherwise                   a claimable balance, as long as the vault's spare lumens can lock a
                                           base reserve for it
=========================================  ==================================================================

What remains is listed as unpaid: it stays in the vault, is counted, and a later plan can pay it. One operation that
fails makes its whole transaction fail, so nothing is planned that would fail as the ledger is.
"""

from collections.abc import Iterator, Sequence

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import Code, Settings
from constellation.stellarlink.refund_claims import Claims
from constellation.stellarlink.refund_model import (
    NATIVE,
    ChannelAccount,
    Choices,
    ClaimKey,
    LedgerFacts,
    Obstacle,
    RefundRefused,
)
from constellation.stellarlink.refund_payments import AssetSum, RefundPlan, RefundTransaction, Repayment, Unpaid, Way
from constellation.stellarlink.refund_transactions import refund_envelope

_ACCOUNT_RESERVES = 2
_SET_ASIDE = "set_aside"
_VAULT_FROZEN = "vault_not_authorized"


def make_plan(settings: Settings, claims: Claims, facts: LedgerFacts, choices: Choices) -> RefundPlan:
    """The one plan for these inputs.

    Args:
        settings: of the constellation.
        claims: what is owed at the end of the facts' ledger.
        facts: of the ledger.
        choices: of the maker.

    Raises:
        RefundRefused: the vault does not hold what is owed (the message has the difference), or the channels cannot
            pay the fees.
    """
    reserve = settings.vault_reserve + claims.given
    repayments, unpaid = _decide(claims, facts, choices)
    sums = tuple(_sums(claims, facts, choices, repayments, unpaid, reserve))
    _check_sums(sums, choices)
    _check_lumens(sums, facts)
    transactions = tuple(_transactions(settings, repayments, facts, choices))
    return RefundPlan(sums, transactions, tuple(unpaid))


def spare_lumens(claims: Claims, facts: LedgerFacts) -> int:
    """Lumens of the vault that are neither owed nor locked, in stroops; below zero when some are missing."""
    owed = sum(claim.amount for (_, asset), claim in claims.owed.items() if asset == NATIVE)
    return facts.vault[NATIVE].amount - owed - facts.vault_reserves * facts.base_reserve


def _decide(claims: Claims, facts: LedgerFacts, choices: Choices) -> tuple[list[Repayment], list[Unpaid]]:
    """How each owner is paid; lumens that accounts start with come with their owner's other assets."""
    spare = spare_lumens(claims, facts)
    repayments, unpaid = [], []
    for (owner, asset), claim in sorted(claims.owed.items()):
        found = _way((owner, asset), claim.amount, facts, choices)
        if isinstance(found, Obstacle):
            if spare < facts.base_reserve:
                unpaid.append(Unpaid(owner, asset, claim.amount, found.value))
                continue
            spare -= facts.base_reserve
            found = Way.CLAIMABLE_BALANCE
        if isinstance(found, str):
            unpaid.append(Unpaid(owner, asset, claim.amount, found))
        else:
            repayments.append(Repayment(found, owner, asset, claim.amount))
    return repayments, unpaid


def _way(key: ClaimKey, amount: int, facts: LedgerFacts, choices: Choices) -> Way | Obstacle | str:
    """How to pay, what stands in the way, or why nothing of the asset can be paid."""
    _, asset = key
    if asset in choices.set_aside:
        return _SET_ASIDE
    line = facts.vault.get(asset)
    if line is not None and not line.is_authorized:
        return _VAULT_FROZEN
    obstacle = facts.obstacles.get(key)
    if obstacle is None:
        return Way.PAYMENT
    if obstacle is Obstacle.NO_ACCOUNT and asset == NATIVE and amount >= _ACCOUNT_RESERVES * facts.base_reserve:
        return Way.CREATE_ACCOUNT
    return obstacle


def _sums(
    claims: Claims,
    facts: LedgerFacts,
    choices: Choices,
    repayments: Sequence[Repayment],
    unpaid: Sequence[Unpaid],
    reserve: int,
) -> Iterator[AssetSum]:
    planned: dict[str, int] = {}
    left: dict[str, int] = {}
    for repayment in repayments:
        planned[repayment.asset] = planned.get(repayment.asset, 0) + repayment.amount
    for item in unpaid:
        left[item.asset] = left.get(item.asset, 0) + item.amount
    for asset in sorted({NATIVE, *facts.vault, *(asset for _, asset in claims.owed)}):
        held = facts.vault[asset].amount if asset in facts.vault else 0
        kept = reserve if asset == NATIVE else 0
        unexplained = held - planned.get(asset, 0) - left.get(asset, 0) - kept
        yield AssetSum(asset, held, planned.get(asset, 0), left.get(asset, 0), kept, unexplained)


def _check_sums(sums: Sequence[AssetSum], choices: Choices) -> None:
    """Refuse a plan that does not account for every stroop of the vault."""
    wrong = []
    for item in sums:
        expected = choices.surplus.get(item.asset, 0)
        if expected < 0 or (item.unexplained != expected and item.asset not in choices.set_aside):
            wrong.append(item)
    if wrong:
        raise RefundRefused("the vault does not hold what it should: " + "; ".join(_difference(item) for item in wrong))


def _difference(item: AssetSum) -> str:
    word = "more" if item.unexplained > 0 else "less"
    expected = item.planned + item.unpaid + item.reserve
    return (
        f"{format_amount(item.vault)} of {item.asset} on the ledger, {format_amount(expected)} owed or in reserve: "
        f"{format_amount(abs(item.unexplained))} {word} than can be explained"
    )


def _check_lumens(sums: Sequence[AssetSum], facts: LedgerFacts) -> None:
    """Refuse when the last lumens could not leave, because the ledger locks them in the vault."""
    lumens = next(item for item in sums if item.asset == NATIVE)
    missing = facts.vault_reserves * facts.base_reserve - lumens.kept
    if lumens.planned and missing > 0:
        raise RefundRefused(
            f"the ledger locks {format_amount(missing)} lumens in the vault that are owed: let a donor send them",
            Code.INSUFFICIENT_FUNDS,
        )


def _transactions(
    settings: Settings, repayments: Sequence[Repayment], facts: LedgerFacts, choices: Choices
) -> Iterator[RefundTransaction]:
    purses = [_Purse(channel) for channel in facts.channels]
    turn = 0
    for start in range(0, len(repayments), choices.operations):
        part = tuple(repayments[start : start + choices.operations])
        fee = choices.fee_per_operation * len(part)
        turn = _next_channel(purses, turn, fee)
        channel, sequence = purses[turn].spend(fee)
        turn += 1
        envelope = refund_envelope(
            settings, part, channel=channel, sequence=sequence, fee=fee, max_time_s=choices.max_time_s
        )
        yield RefundTransaction(channel, sequence, fee, part, envelope.to_xdr(), envelope.hash())


class _Purse:
    """A channel whose lumens and sequence numbers are being used up."""

    def __init__(self, channel: ChannelAccount) -> None:
        self._address = channel.address
        self._sequence = channel.sequence
        self.spendable = channel.spendable

    def spend(self, fee: int) -> tuple[str, int]:
        self.spendable -= fee
        self._sequence += 1
        return self._address, self._sequence


def _next_channel(purses: Sequence[_Purse], turn: int, fee: int) -> int:
    """Channels take turns as long as they can pay."""
    for step in range(len(purses)):
        place = (turn + step) % len(purses)
        if purses[place].spendable >= fee:
            return place
    raise RefundRefused(
        f"no channel can pay another {format_amount(fee)} lumens of fees: send some lumens to a channel account",
        Code.INSUFFICIENT_FUNDS,
    )
