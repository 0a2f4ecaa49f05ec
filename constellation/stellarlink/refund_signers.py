"""Who signs for the vault and its channels on the ledger: a change of auditors may have reached it, or not. No I/O."""

from collections.abc import Sequence

from constellation.protocol.messages import LedgerSigners
from constellation.stellarlink.ledger_account import LedgerAccount
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.vault_check import lock_problems


def signers_on_ledger(candidates: Sequence[LedgerSigners], accounts: Sequence[LedgerAccount]) -> LedgerSigners:
    """The one of the candidates whose quorum, and nobody else, moves all of the accounts.

    Args:
        candidates: who signs by the state, and who signs once the ledger has taken a change that is on its way.
        accounts: the vault and its channels.

    Raises:
        RefundRefused: none fits; the message says what keeps the one that fits best.
    """
    problems, signers = min(((_problems(item, accounts), item) for item in candidates), key=lambda found: len(found[0]))
    if problems:
        raise RefundRefused("; ".join(problems))
    return signers


def _problems(signers: LedgerSigners, accounts: Sequence[LedgerAccount]) -> list[str]:
    return [problem for account in accounts for problem in lock_problems(account.address, account, signers)]
