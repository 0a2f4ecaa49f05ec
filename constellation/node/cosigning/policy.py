"""Decides, by the operator's rules, which withdrawals an auditor signs; what counts for a day is durable first."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from constellation.extensions import WithdrawalInQuestion
from constellation.node.cosigning.config import CosigningSection
from constellation.protocol.amounts import format_amount
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State
from constellation.vault import PreparedTask, WithdrawalTask

_DAY_S: Final = 86_400
_SEEN_MAX: Final = 1024
FILE: Final = "cosigned.sqlite"
"""In the data directory: what was signed in the last 24 hours."""


def withdrawal_in_question(state: State, prepared: PreparedTask) -> WithdrawalInQuestion | None:
    """The withdrawal that a task is; None for what the constellation wishes for itself."""
    task = prepared.task
    if not isinstance(task, WithdrawalTask):
        return None
    operation = task.operation
    return WithdrawalInQuestion(
        prepared.transaction,
        encode_public_key(task.account),
        encode_public_key(operation.destination.account),
        format_asset(state.assets.identity(operation.asset)),
        operation.amount,
    )


class CosigningPolicy(Protocol):
    """Decides beside what the constellation's rules say."""

    def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> dict[bytes, str]:
        """Why withdrawals are not signed now, by their transaction; all others are signed.

        It may block, and is called in a thread.

        Raises:
            OSError: it cannot decide; nothing is signed then.
        """
        ...


class OperatorPolicy:
    """Keeps the operator's rules.

    Args:
        rules: of the operator.
        path: of the file that knows what was signed in the last 24 hours.
        clock_s: seconds since 1970.
    """

    def __init__(self, rules: CosigningSection, path: Path, clock_s: Callable[[], float] = time.time) -> None:
        self._rules = rules
        self._path = path
        self._clock_s = clock_s
        self._day_max, self._account_day_max = rules.stroops("day_max"), rules.stroops("account_day_max")
        self._seen_s: dict[bytes, float] = {}

    def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> dict[bytes, str]:
        """Why withdrawals are not signed now, by their transaction; the others are noted as signed.

        Raises:
            OSError: what was signed cannot be read or noted.
        """
        now_s = self._clock_s()
        found: dict[bytes, str] = {}
        for item in withdrawals:
            problem = self._problem(item, now_s)
            if problem is not None:
                found[item.transaction] = problem
        passing = [item for item in withdrawals if item.transaction not in found]
        if passing and (self._day_max or self._account_day_max):
            try:
                found |= self._count(passing, now_s)
            except sqlite3.Error as error:
                raise OSError(f"{self._path}: {error}") from None
        return found

    def _problem(self, item: WithdrawalInQuestion, now_s: float) -> str | None:
        rules = self._rules
        if item.account in rules.accounts_denied:
            return "the operator's policy denies this account's withdrawals"
        if item.destination in rules.destinations_denied:
            return f"the operator's policy denies withdrawals to {item.destination}"
        if rules.destinations_allowed and item.destination not in rules.destinations_allowed:
            return f"the operator's policy does not allow withdrawals to {item.destination}"
        left_s = self._first_seen_s(item.transaction, now_s) + rules.delay_s - now_s
        return f"the operator's policy waits {left_s:.0f} s more" if left_s > 0 else None

    def _first_seen_s(self, transaction: bytes, now_s: float) -> float:
        if transaction not in self._seen_s and len(self._seen_s) >= _SEEN_MAX:
            del self._seen_s[next(iter(self._seen_s))]
        return self._seen_s.setdefault(transaction, now_s)

    def _count(self, withdrawals: Sequence[WithdrawalInQuestion], now_s: float) -> dict[bytes, str]:
        """Note what keeps the day's limits, durably; what does not."""
        found = {}
        with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous=FULL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS cosigned "
                "(ledger_transaction BLOB PRIMARY KEY, account TEXT, asset TEXT, amount INTEGER, signed_at REAL)"
            )
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM cosigned WHERE signed_at <= ?", (now_s - _DAY_S,))
            for item in withdrawals:
                problem = self._over(database, item)
                if problem is not None:
                    found[item.transaction] = problem
                    continue
                row = item.transaction, item.account, item.asset, item.amount_stroops, now_s
                database.execute("INSERT OR IGNORE INTO cosigned VALUES (?, ?, ?, ?, ?)", row)
            database.execute("COMMIT")
        return found

    def _over(self, database: sqlite3.Connection, item: WithdrawalInQuestion) -> str | None:
        """Which of the day's limits a withdrawal would break; one that was signed before has its place."""
        rows = database.execute(
            "SELECT account, amount FROM cosigned WHERE asset = ? AND ledger_transaction != ?",
            (item.asset, item.transaction),
        ).fetchall()
        everything = sum(amount for _, amount in rows)
        of_account = sum(amount for account, amount in rows if account == item.account)
        for most, signed, whose in (
            (self._day_max.get(item.asset), everything, "all accounts together"),
            (self._account_day_max.get(item.asset), of_account, "one account"),
        ):
            if most is not None and signed + item.amount_stroops > most:
                return (
                    f"the operator's policy signs {format_amount(most)} {item.asset} of {whose} in 24 hours; "
                    f"{format_amount(signed)} are signed"
                )
        return None


def operator_policy(rules: CosigningSection, data_directory: Path) -> OperatorPolicy | None:
    """The policy that is configured; None where everything passes."""
    return None if rules.is_empty else OperatorPolicy(rules, data_directory / FILE)
