"""Watches the vault on the Stellar ledger, submits and tracks its transactions, creates it.

::

    auditors   NetworkPool ──records──▶ LedgerWatch ──▶ LedgerWatcher ──▶ LedgerReport
    alpha      NetworkPool ◀─envelopes─ SubmissionLoop ◀── TaskSubmitter ◀── signatures

:class:`StellarNetwork` is all that is known of the outside world; :class:`HorizonNetwork` implements it for one server,
and a :class:`NetworkPool` makes one network of several.
"""

from constellation.stellarlink.bootstrap import create_vault
from constellation.stellarlink.closing_hints import ClosingHints
from constellation.stellarlink.destinations import DestinationChecker
from constellation.stellarlink.errors import (
    BootstrapError,
    HistoryGap,
    HistoryGone,
    LedgerContradiction,
    LedgerReset,
    MalformedAnswer,
    NetworkMismatch,
    NetworkUnavailable,
    RateLimited,
    ServerBehind,
    ServerStalled,
    StellarLinkError,
    UndecodableTransaction,
)
from constellation.stellarlink.fee_bump import FeeBumper
from constellation.stellarlink.horizon import HorizonNetwork
from constellation.stellarlink.horizon_servers import horizon_pool
from constellation.stellarlink.network import (
    AccountFlags,
    FeeStats,
    LedgerAccount,
    LedgerBalance,
    LedgerRecord,
    NetworkInfo,
    StellarNetwork,
    SubmitOutcome,
    SubmitStatus,
    TransactionPage,
    TransactionRecord,
)
from constellation.stellarlink.pool import LAG_LIMIT_S, NetworkPool
from constellation.stellarlink.reader import TransactionReader
from constellation.stellarlink.server import NetworkServer
from constellation.stellarlink.server_health import ServerState
from constellation.stellarlink.signatures import sign_task
from constellation.stellarlink.submission import SubmissionLoop
from constellation.stellarlink.submission_metrics import SubmissionMetrics
from constellation.stellarlink.task_check import derivation_problem
from constellation.stellarlink.task_guard import TaskGuard
from constellation.stellarlink.task_submitter import TaskSubmitter
from constellation.stellarlink.tracked_task import task_names
from constellation.stellarlink.vault_check import check_vault
from constellation.stellarlink.vault_plan import SETTINGS_DATA_NAME, VaultPlan
from constellation.stellarlink.watch import LedgerWatch
from constellation.stellarlink.watcher import HEARTBEAT_LEDGERS, LedgerWatcher

__all__ = [
    "HEARTBEAT_LEDGERS",
    "LAG_LIMIT_S",
    "SETTINGS_DATA_NAME",
    "AccountFlags",
    "BootstrapError",
    "ClosingHints",
    "DestinationChecker",
    "FeeBumper",
    "FeeStats",
    "HistoryGap",
    "HistoryGone",
    "HorizonNetwork",
    "LedgerAccount",
    "LedgerBalance",
    "LedgerContradiction",
    "LedgerRecord",
    "LedgerReset",
    "LedgerWatch",
    "LedgerWatcher",
    "MalformedAnswer",
    "NetworkInfo",
    "NetworkMismatch",
    "NetworkPool",
    "NetworkServer",
    "NetworkUnavailable",
    "RateLimited",
    "ServerBehind",
    "ServerStalled",
    "ServerState",
    "StellarLinkError",
    "StellarNetwork",
    "SubmissionLoop",
    "SubmissionMetrics",
    "SubmitOutcome",
    "SubmitStatus",
    "TaskGuard",
    "TaskSubmitter",
    "TransactionPage",
    "TransactionReader",
    "TransactionRecord",
    "UndecodableTransaction",
    "VaultPlan",
    "check_vault",
    "create_vault",
    "derivation_problem",
    "horizon_pool",
    "sign_task",
    "task_names",
]
