"""A short rolling restart of real processes; ``python -m constellation.testing.rolling`` measures longer ones."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from constellation.testing.rolling import Rolling, RollingOptions, print_rolling
from constellation.testing.rolling.traffic import longest_pause_s

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]

_ACCOUNTS = 4
_BUSINESS = {"ORDER_NOT_FOUND", "INSUFFICIENT_FUNDS"}  # others were faster
_AUDITOR_PAUSE_S, _ALPHA_PAUSE_S = 3.0, 20.0  # generous: other tests may have the machine


async def test_a_rolling_restart_under_load_loses_nothing_and_clients_see_a_short_pause(tmp_path: Path) -> None:
    lines: list[str] = []
    options = RollingOptions(accounts=_ACCOUNTS, interval_s=0.1, peace_s=0.5, take_over=True)
    document = json.loads(json.dumps(await Rolling(options, tmp_path / "rolling", lines.append).run()))
    assert document["violations"] == [], "\n".join(lines)
    assert document["held"]
    assert document["acknowledged"] == document["checked"]["acknowledged"] > 50
    assert document["checked"]["state roots"] == 4
    peace, *auditors, alpha = document["restarts"]
    assert [item["node"] for item in (peace, *auditors, alpha)] == [
        "none", "auditor-1", "auditor-2", "auditor-3", "alpha",
    ]  # fmt: skip
    for item in (peace, *auditors):
        assert item["reconnects"] == 0
        assert item["told"].keys() <= _BUSINESS
        assert len(item["pauses_s"]) == _ACCOUNTS
        assert item["pauses_s"][-1] < _AUDITOR_PAUSE_S, item
    assert alpha["reconnects"] == _ACCOUNTS
    assert alpha["told"].keys() <= _BUSINESS | {"SHUTTING_DOWN"}
    assert alpha["pauses_s"][-1] < _ALPHA_PAUSE_S, alpha
    console = Console(record=True, width=160)
    print_rolling(document, console)
    assert "Nothing was lost" in console.export_text()


def test_the_longest_pause_is_that_which_overlaps_the_span() -> None:
    moments_s = [0.0, 1.0, 1.5, 4.0, 4.5, 9.0]
    assert longest_pause_s(moments_s, 1.2, 1.3) == 0.5
    assert longest_pause_s(moments_s, 1.2, 2.0) == 2.5
    assert longest_pause_s(moments_s, 4.1, 5.0) == 4.5


@pytest.mark.parametrize(("begin_s", "end_s"), [(0.5, 1.2), (1.2, 2.5)])
def test_a_pause_whose_beginning_or_end_was_not_seen_is_not_known(begin_s: float, end_s: float) -> None:
    assert longest_pause_s([1.0, 2.0], begin_s, end_s) is None
