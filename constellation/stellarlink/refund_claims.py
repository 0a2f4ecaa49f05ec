"""What the vault owes to whom: a certified state, brought up to date by what the ledger did since. No I/O.

======================================  =====================================================================
after the state, on the ledger          effect
======================================  =====================================================================
deposit                                 owed to its sender, whatever it would have done in the constellation
lumens of a donor                       stay in the vault, for reserves
withdrawal of the state, successful     no longer owed to its owner
withdrawal of the state, failed         still owed: its sequence number is used
payment with the refund's own memo      no longer owed to its receiver
any other payment of the vault          refused: a quorum signed it, so a later state exists
======================================  =====================================================================

Nobody has the seed of a sub-account's key, so what it owns is owed to its parent, whether it is open, merged or was
only paid by somebody.

A withdrawal that is prepared and has no outcome could still be executed by whoever has its signatures, until a ledger
has closed after its time bound. Before that no plan is made.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from constellation.protocol.messages import MAX_SUB_ACCOUNTS, Code
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import State, conservation_errors
from constellation.stellarlink.refund_history import History
from constellation.stellarlink.refund_model import NATIVE, Claim, ClaimKey, RefundRefused
from constellation.stellarlink.refund_transactions import refund_memo
from constellation.stellarlink.tracked_task import kind_name
from constellation.vault import ClaimTask, RefundTask, SignersTask, TrustTask, VaultTask, WithdrawalTask

BALANCE = "balance"
SUSPENSE = "suspense"
LATE_DEPOSITS = "late_deposits"
WITHDRAWN = "withdrawn"
REFUNDED = "refunded"


@dataclass(slots=True)
class Claims:
    """What is owed, and what was given for reserves.

    Attributes:
        owed: by owner and asset; only what is above zero.
        given: lumens of donors.
    """

    owed: dict[ClaimKey, Claim]
    given: int


def claims_after(state: State, history: History, closed_at_s: int, donors: tuple[str, ...] = ()) -> Claims:
    """What the vault owes at the end of a ledger.

    Args:
        state: a certified one.
        history: everything after the state's cursor up to that ledger.
        closed_at_s: the ledger's close time.
        donors: whose lumens are no deposits.

    Raises:
        RefundRefused: a withdrawal is still open, or the ledger shows what the state cannot explain.
    """
    problems = conservation_errors(state)
    if problems:
        raise RefundRefused("money is not conserved in the state: " + "; ".join(problems[:3]))
    payees = _payees(state)
    owed = _owed_by_state(state, payees)
    given = 0
    for deposit in history.deposits:
        if deposit.asset == NATIVE and deposit.source in donors:
            given += deposit.amount
        else:
            owed.setdefault((deposit.source, deposit.asset), Claim()).add(LATE_DEPOSITS, deposit.amount)
    withdrawals = {item.transaction.hex() for item in state.desk.prepared}
    _settle(owed, state, history, closed_at_s, payees)
    _take_off_refunds(owed, withdrawals, history, refund_memo(state.settings).hex())
    for (owner, asset), claim in owed.items():
        if claim.amount < 0:
            raise RefundRefused(f"{owner} was paid {-claim.amount} stroops of {asset} more than the state owes")
    return Claims({key: owed[key] for key in sorted(owed) if owed[key].amount}, given)


def _payees(state: State) -> dict[bytes, bytes]:
    """The parents of all sub-accounts, by their keys."""
    accounts, numbers = state.vault.accounts, range(1, MAX_SUB_ACCOUNTS + 1)
    of_all = ((sub_account_key(parent, number), parent) for parent in accounts for number in numbers)
    return {key: parent for key, parent in of_all if key in accounts}


def _payee(payees: dict[bytes, bytes], account: bytes) -> str:
    """Address of whoever gets back what an account owns."""
    while account in payees:
        account = payees[account]
    return encode_public_key(account)


def _owed_by_state(state: State, payees: dict[bytes, bytes]) -> dict[ClaimKey, Claim]:
    names = [format_asset(asset.identity) for asset in state.settings.assets]
    owed: dict[ClaimKey, Claim] = {}
    for account in state.vault.accounts.values():
        owner = _payee(payees, account.key)
        for asset, balance in account.balances.items():
            if balance.amount:
                owed.setdefault((owner, names[asset]), Claim()).add(BALANCE, balance.amount)
    for entry in state.suspense.entries:
        key = encode_public_key(entry.source), format_asset(entry.asset)
        owed.setdefault(key, Claim()).add(SUSPENSE, entry.amount)
    return owed


def _settle(
    owed: dict[ClaimKey, Claim], state: State, history: History, closed_at_s: int, payees: dict[bytes, bytes]
) -> None:
    outcomes = {item.hash: item.successful for item in history.used}
    for item in state.desk.prepared:
        name = item.transaction.hex()
        if name not in outcomes:
            # As in the constellation: it lapses when a ledger has closed after its time bound.
            if closed_at_s <= item.max_time_s:
                raise RefundRefused(
                    f"{kind_name(item.task)} {item.task.key[1]} (transaction {name}) can still be executed until "
                    f"{_time(item.max_time_s)}; try again when a ledger has closed after that",
                    Code.NOT_READY,
                )
        elif outcomes[name]:
            _take_over(owed, state, item.task, payees)


def _take_over(owed: dict[ClaimKey, Claim], state: State, task: VaultTask, payees: dict[bytes, bytes]) -> None:
    """What a task of the vault that succeeded after the state has changed for its owner."""
    match task:
        case WithdrawalTask(operation=operation):
            asset = format_asset(state.assets.identity(operation.asset))
            owed[_payee(payees, task.account), asset].add(WITHDRAWN, -operation.amount)
        case RefundTask(entry=entry):
            owed[encode_public_key(entry.source), format_asset(entry.asset)].add(WITHDRAWN, -entry.amount)
        case ClaimTask(deposit=deposit):
            key = encode_public_key(deposit.source), format_asset(deposit.asset)
            owed.setdefault(key, Claim()).add(LATE_DEPOSITS, deposit.amount)
        case TrustTask() | SignersTask():
            return


def _take_off_refunds(owed: dict[ClaimKey, Claim], withdrawals: set[str], history: History, memo: str) -> None:
    for item in history.outflows:
        if item.hash in withdrawals:
            continue
        if item.memo != memo:
            raise RefundRefused(
                f"transaction {item.hash} took money out of the vault and is neither a withdrawal of this state nor a "
                "refund of it: look for a later certified state"
            )
        claim = owed.get((item.receiver, item.asset))
        if claim is None:
            raise RefundRefused(f"transaction {item.hash} paid {item.receiver}, who is owed nothing of {item.asset}")
        claim.add(REFUNDED, -item.amount)


def _time(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(sep=" ").replace("+00:00", " UTC")
