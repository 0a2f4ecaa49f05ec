"""An auditor's operator decides what is co-signed: destinations, accounts, a delay, and limits for a day."""

import re
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from constellation.extensions import WithdrawalInQuestion
from constellation.node.config import ConfigurationError, load_config
from constellation.node.cosigning.config import CosigningSection
from constellation.node.cosigning.policy import FILE, OperatorPolicy, operator_policy
from constellation.protocol.strkey import encode_public_key
from constellation.testing.world import ONE, key_of

ANNA, BERT, CAROL = (encode_public_key(key_of(name).public) for name in ("anna", "bert", "carol"))
USD = f"USD:{CAROL}"
HOUR_S, DAY_S = 3600, 86_400


class Desk:
    """A policy, a clock, and withdrawals one after another."""

    def __init__(self, path: Path, **rules: Any) -> None:
        self.path = path / FILE
        self.rules = CosigningSection(**rules)
        self.now_s = 1_800_000_000.0
        self._number = 0
        self.restart()

    def restart(self) -> None:
        self.policy = OperatorPolicy(self.rules, self.path, lambda: self.now_s)

    def withdrawal(
        self, amount: int = 1, account: str = ANNA, to: str = BERT, asset: str = USD
    ) -> WithdrawalInQuestion:
        self._number += 1
        return WithdrawalInQuestion(self._number.to_bytes(32, "big"), account, to, asset, amount * ONE)

    def asks(self, *items: WithdrawalInQuestion) -> list[str | None]:
        refusals = self.policy.refusals(items)
        return [refusals.get(item.transaction) for item in items]

    def signs(self, *items: WithdrawalInQuestion) -> list[bool]:
        return [refusal is None for refusal in self.asks(*items)]


def test_without_rules_there_is_no_policy(tmp_path: Path) -> None:
    assert operator_policy(CosigningSection(), tmp_path) is None
    assert operator_policy(CosigningSection(delay_s=1), tmp_path) is not None


def test_destinations_and_accounts(tmp_path: Path) -> None:
    desk = Desk(tmp_path, destinations_denied=[BERT], accounts_denied=[CAROL])
    assert desk.signs(desk.withdrawal(to=BERT), desk.withdrawal(to=ANNA), desk.withdrawal(account=CAROL, to=ANNA)) == [
        False, True, False,
    ]  # fmt: skip
    desk = Desk(tmp_path, destinations_allowed=[ANNA, BERT], destinations_denied=[BERT])
    assert desk.signs(*(desk.withdrawal(to=to) for to in (ANNA, BERT, CAROL))) == [True, False, False]
    assert not desk.path.exists(), "nothing is counted where nothing limits a day"


def test_a_delay_is_waited_for_and_then_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path, delay_s=60)
    item = desk.withdrawal()
    assert desk.asks(item) == ["the operator's policy waits 60 s more"]
    desk.now_s += 59
    assert desk.signs(item, desk.withdrawal()) == [False, False]
    desk.now_s += 1
    assert desk.signs(item) == [True]
    assert desk.signs(item) == [True], "another connection asks for it again"


def test_a_day_has_a_limit_of_all_and_of_each(tmp_path: Path) -> None:
    desk = Desk(tmp_path, day_max={USD: "10"}, account_day_max={USD: "4", "native": "1"})
    assert desk.signs(desk.withdrawal(4), desk.withdrawal(1)) == [True, False]
    assert "4.0000000 are signed" in str(desk.asks(desk.withdrawal(1))[0])
    assert desk.signs(desk.withdrawal(4, account=BERT), desk.withdrawal(3, account=CAROL)) == [True, False]
    assert desk.signs(desk.withdrawal(2, account=CAROL)) == [True]
    assert desk.signs(desk.withdrawal(1, account=CAROL)) == [False], "all ten are signed"
    assert desk.signs(desk.withdrawal(1, asset="native"), desk.withdrawal(99, asset="EUR:" + BERT)) == [True, True]
    assert desk.signs(desk.withdrawal(2, asset="native", account=CAROL)) == [False]
    desk.now_s += DAY_S
    assert desk.signs(desk.withdrawal(4)) == [True]


def test_within_one_question_they_count_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path, day_max={USD: "10"})
    assert desk.signs(*(desk.withdrawal(4, account=who) for who in (ANNA, BERT, CAROL))) == [True, True, False]


def test_what_was_signed_is_known_after_a_restart_and_signed_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, day_max={USD: "4"})
    item, other = desk.withdrawal(4), desk.withdrawal(1)
    assert desk.signs(item) == [True]
    desk.restart()
    desk.now_s += DAY_S - 1
    assert desk.signs(other, item) == [False, True], "the same transaction is the same money"
    desk.now_s += 1
    desk.restart()
    assert desk.signs(other) == [True]


def test_a_file_that_cannot_be_used_lets_nothing_pass(tmp_path: Path) -> None:
    desk = Desk(tmp_path, day_max={USD: "4"})
    desk.path.write_bytes(b"no database" * 100)
    with pytest.raises(OSError, match=FILE):
        desk.policy.refusals([desk.withdrawal()])


def test_a_note_that_is_not_finished_is_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path, day_max={USD: "4"})
    assert desk.signs(desk.withdrawal(3)) == [True]
    with sqlite3.connect(desk.path) as other:
        other.execute("BEGIN IMMEDIATE")
        connect = sqlite3.connect
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", lambda path, **options: connect(path, timeout=0.01, **options))
            with pytest.raises(OSError, match="locked"):
                desk.policy.refusals([desk.withdrawal(1)])
        other.rollback()
    assert desk.signs(desk.withdrawal(1)) == [True]


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ('destinations_allowed = ["G1"]', "destinations_allowed"),
        ('day_max = {"USD" = "1"}', "day_max"),
        ('day_max = {"native" = "-1"}', "day_max"),
        ('account_day_max = {"native" = "0.00000001"}', "account_day_max"),
        ("delay_s = 3601", "delay_s"),
        ("approve = true", "approve"),
    ],
)
def test_what_is_no_rule_is_refused_and_named(tmp_path: Path, text: str, setting: str) -> None:
    path = tmp_path / "auditor.toml"
    path.write_text(f"[cosigning]\n{text}\n")
    with pytest.raises(ConfigurationError, match=f"cosigning.{setting}"):
        load_config(path, {})


class Watching:
    """A policy that refuses what it is told to, and remembers who has called it."""

    def __init__(self, *refused: bytes) -> None:
        self.refused = set(refused)
        self.asked: list[bytes] = []
        self.threads: set[int] = set()
        self.error: OSError | None = None

    def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> dict[bytes, str]:
        self.threads.add(threading.get_ident())
        self.asked += [item.transaction for item in withdrawals]
        if self.error is not None:
            raise self.error
        return {item.transaction: "no" for item in withdrawals if item.transaction in self.refused}


def test_the_rules_of_the_page_are_rules(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "operating" / "withdrawals.md"
    [text] = re.findall(r"<!-- rules -->\n```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "auditor.toml"
    path.write_text(text)
    assert load_config(path, {}).cosigning.stroops("day_max") == {"native": 100_000 * ONE}
