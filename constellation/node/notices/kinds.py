"""What an operator is told about. ``docs/operating/notices.md`` has a section for each kind, named like it."""

from dataclasses import dataclass
from enum import Enum, IntEnum

PAGE = "docs/operating/notices.md"


class Severity(IntEnum):
    """How urgent something is; ``critical`` is worth waking somebody."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """As configurations and messages write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is always said of a kind.

    Attributes:
        severity: how urgent it is.
        title: what it is, in a few words.
        advice: what to do first.
        patience_s: it is told when it has lasted this long.
    """

    severity: Severity
    title: str
    advice: str
    patience_s: float = 0.0


class Kind(Enum):
    """Everything that a node tells of."""

    HALTED = Meaning(
        Severity.CRITICAL,
        "the node has ended, because it must not go on",
        "Read the last lines of its log, repair what they name, and start it again.",
    )
    DIVERGED = Meaning(
        Severity.CRITICAL,
        "this auditor refuses what alpha has ordered, and signs nothing more",
        "Keep the data directory, run constellation replay-evidence on the evidence in it, and talk to the others.",
    )
    QUORUM_LOST = Meaning(
        Severity.CRITICAL,
        "alpha refuses requests, because nothing could become final",
        "See in cluster at alpha's /status which auditors are missing, and call their operators.",
        15.0,
    )
    ALPHA_UNREACHABLE = Meaning(
        Severity.WARNING,
        "this auditor has no connection to alpha",
        "Check alpha's /readyz, the network between the two, and auditor.alpha_url.",
        60.0,
    )
    RESERVE_MISMATCH = Meaning(
        Severity.CRITICAL,
        "the vault does not hold what is owed",
        "Compare with constellation prove-reserves and a Horizon of somebody else, and talk to the other auditors.",
        20.0,
    )
    UNKNOWN_VAULT_TRANSACTION = Meaning(
        Severity.CRITICAL,
        "somebody has moved the vault with a transaction that the constellation does not know",
        "Find out at once which auditors' keys signed it: a quorum of them is in somebody's hands.",
    )
    ASSET_SUSPENDED = Meaning(
        Severity.WARNING,
        "an asset is suspended",
        "Find out why, and resume it with constellation propose when there is no reason any more.",
    )
    LEDGER_LAG = Meaning(
        Severity.WARNING,
        "this auditor is behind the Stellar ledger",
        "Check the Horizon servers of horizon_urls, and this machine's clock.",
    )
    LEDGER_UNREADABLE = Meaning(
        Severity.WARNING,
        "no Stellar server gives what this node needs",
        "Check the Horizon servers of horizon_urls; name another one if they stay away.",
        60.0,
    )
    LEDGER_CONTRADICTION = Meaning(
        Severity.CRITICAL,
        "a quorum has reported something else of the ledger than this auditor's Stellar server shows",
        "Find out whether this server or the other auditors' are wrong; the notice ends when the auditor starts again.",
    )
    TASKS_HELD_BACK = Meaning(
        Severity.WARNING,
        "this auditor does not sign a transaction of the vault",
        "Read held_back at its /status: it names the transactions, and why.",
        60.0,
    )
    APPROVAL_NEEDED = Meaning(
        Severity.WARNING,
        "a large withdrawal waits for the auditors' operators",
        "See it with constellation withdrawals list, and approve or refuse it.",
    )
    MODE_RESTRICTED = Meaning(
        Severity.WARNING,
        "alpha lets clients do less than everything",
        "If nobody has planned it, ask alpha's operator; constellation mode online ends it.",
    )
    DISK_LOW = Meaning(
        Severity.CRITICAL,
        "the disk is nearly full",
        "Make room, or move the data directory to a larger disk; the node goes on by itself when there is space.",
    )
    CERTIFICATE_EXPIRING = Meaning(
        Severity.WARNING,
        "the TLS certificate expires soon",
        "Put a new certificate and key in place of the old ones; they are loaded without a restart.",
    )
    CERTIFICATE_EXPIRED = Meaning(
        Severity.CRITICAL,
        "the TLS certificate has expired",
        "Put a new certificate and key in place of the old ones; nobody can open a new connection until then.",
    )
    CERTIFICATE_REFUSED = Meaning(
        Severity.WARNING,
        "the new TLS certificate is not used",
        "Replace the files by a certificate and key that belong together; the old one serves until then.",
        10.0,
    )
    TEST = Meaning(Severity.INFO, "a test: somebody wanted to know whether notices arrive", "Nothing.")

    @property
    def word(self) -> str:
        """As messages write it."""
        return self.name.lower()
