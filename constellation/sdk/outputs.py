"""What the client's session tells its shell."""

from dataclasses import dataclass

from constellation.protocol.messages import (
    AccountSnapshot,
    BookSnapshot,
    Finality,
    HistoryPage,
    ModeInForce,
    OrdersPage,
    Proposals,
    Settings,
    SignedRequest,
    SignedRequestBatch,
    StateProof,
)
from constellation.sdk.errors import SdkError, VerificationFailed
from constellation.sdk.tracker import Gap
from constellation.sdk.verifier import VerifiedEvent


@dataclass(slots=True, frozen=True)
class Opened:
    """The connection is ready and the account was read."""


@dataclass(slots=True, frozen=True)
class BatchAnswer:
    """What became of each operation of a batch, in their order, and what was signed."""

    events: tuple[VerifiedEvent, ...]
    signed: SignedRequestBatch


Executed = tuple[VerifiedEvent, SignedRequest] | BatchAnswer
"""What became of a request, or of a batch, and what was signed."""


Shown = AccountSnapshot | BookSnapshot | StateProof | HistoryPage | OrdersPage | Proposals
"""The answer to a question."""


@dataclass(slots=True, frozen=True)
class Answered:
    """A request has its answer: a verified event with what was signed for it, what was asked for or an error."""

    request_id: int
    answer: Executed | Shown | SdkError


@dataclass(slots=True, frozen=True)
class Happened:
    """Something that this client did not ask for."""

    verified: VerifiedEvent


@dataclass(slots=True, frozen=True)
class Certified:
    """The batch with the header ``digest`` is final; or, when ``error`` is set, another one in its place."""

    digest: bytes
    finality: Finality
    error: VerificationFailed | None = None


@dataclass(slots=True, frozen=True)
class SettingsProven:
    """These settings are in force, or were after the quantum ``apex``."""

    settings: Settings
    apex: int


@dataclass(slots=True, frozen=True)
class ModeTold:
    """Alpha lets clients do this much now."""

    mode: ModeInForce


Output = Opened | Answered | Happened | Gap | Certified | SettingsProven | ModeTold
