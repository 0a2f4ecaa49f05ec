"""What the answer to a submission means for what is done next. No I/O.

===========================  ======================================================================================
answer                       meaning
===========================  ======================================================================================
included                     a ledger has it: the auditors learn from the ledger what became of it
failed                       an operation was refused, in a ledger or before: only the ledger knows which
unknown                      it may or may not be included: the same bytes again, after a look for the hash
``tx_bad_seq``               the number is used, or an earlier one is missing: the channel's own number tells
``tx_insufficient_fee``      the ledger asks for more than was offered
``tx_insufficient_balance``  the source cannot pay the fee; somebody else can
``tx_too_late``              no ledger can include it any more
``tx_bad_auth``, ``_extra``  the signatures are not those that the accounts ask for
everything else              not known to this version: as unknown, and somebody must look at it
===========================  ======================================================================================
"""

from enum import Enum
from typing import Final

from constellation.stellarlink.network import SubmitOutcome, SubmitStatus


class Verdict(Enum):
    """What an answer means."""

    INCLUDED = "included"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BAD_SEQUENCE = "bad_sequence"
    FEE_TOO_LOW = "fee_too_low"
    TOO_LATE = "too_late"
    BAD_SIGNATURES = "bad_signatures"
    NOT_UNDERSTOOD = "not_understood"


_BY_CODE: Final = {
    "tx_bad_seq": Verdict.BAD_SEQUENCE,
    "tx_insufficient_fee": Verdict.FEE_TOO_LOW,
    "tx_insufficient_balance": Verdict.FEE_TOO_LOW,
    "tx_too_late": Verdict.TOO_LATE,
    "tx_bad_auth": Verdict.BAD_SIGNATURES,
    "tx_bad_auth_extra": Verdict.BAD_SIGNATURES,
}


def verdict_of(outcome: SubmitOutcome) -> Verdict:
    """What ``outcome`` means; a code that this version does not know is never guessed at."""
    match outcome.status:
        case SubmitStatus.INCLUDED:
            return Verdict.INCLUDED
        case SubmitStatus.FAILED:
            return Verdict.FAILED
        case SubmitStatus.UNKNOWN:
            return Verdict.UNKNOWN
        case SubmitStatus.REJECTED:
            return _BY_CODE.get(outcome.transaction_code or "", Verdict.NOT_UNDERSTOOD)
