"""Whatever is in a JSON document that a node reads, its operator is told, and the node does not fall over it."""

import json
from pathlib import Path

import pytest

from constellation.node.appoint_commands import AppointmentsFile
from constellation.node.appointments import newest
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.evidence_replay import read_evidence
from constellation.node.plan import load_plan
from constellation.node.refund_record import RECORD_FILE, read_record
from constellation.node.settings_edit import edit_settings, read_settings
from constellation.node.witness import Witness
from constellation.sdk.options import load_settings as load_client_settings
from constellation.snapshots import Standing
from constellation.testing.world import World

WORLD = World()
BOTTOMLESS = "[" * 100_000
WITNESS = {"constellation": WORLD.constellation.hex(), "epoch": 1, "certified_batch": 1}
EVIDENCE = {
    "code": "x", "reason": "x", "settings_hash": "", "tip_before": {"epoch": 1, "number": 1, "digest": ""},
    "message_xdr": "",
}  # fmt: skip
READERS = {
    "settings": load_settings,
    "edited settings": read_settings,
    "plan": load_plan,
    "configuration": lambda path: load_config(path, {}),
    "evidence": read_evidence,
    "appointments": lambda path: AppointmentsFile(path, WORLD.settings),
    "refund": lambda path: read_record(path.parent),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / RECORD_FILE


@pytest.mark.parametrize(
    "text", [BOTTOMLESS, f"a = {BOTTOMLESS}", "", "[]", "7", "\0", '{"plan": 1, "max_time_s": 1e999}']
)
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_cannot_be_used_is_named(path: Path, name: str, text: str) -> None:
    path.write_text(text)
    if (name, text) == ("configuration", ""):
        pytest.skip("it configures nothing")
    with pytest.raises(ConfigurationError):
        READERS[name](path)


def test_evidence_of_an_endless_number_is_none(path: Path) -> None:
    path.write_text(json.dumps({**EVIDENCE, "tip_before": {"epoch": float("inf"), "number": 1, "digest": ""}}))
    with pytest.raises(ConfigurationError, match="no evidence bundle"):
        read_evidence(path)


@pytest.mark.parametrize("text", [BOTTOMLESS, json.dumps({**WITNESS, "epoch": float("inf")}), "[]", "\0"])
def test_a_witness_that_cannot_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.witness").write_text(text)
    assert not Witness(tmp_path / "key", WORLD.constellation).is_ahead_of(Standing(1, 1))


@pytest.mark.parametrize("text", [BOTTOMLESS, "[]", "\0", '{"appointments": 7}'])
def test_appointments_that_cannot_be_read_do_not_end_a_running_node(path: Path, text: str) -> None:
    path.write_text(text)
    assert newest(WORLD.terms, path) == WORLD.terms


@pytest.mark.parametrize("text", [BOTTOMLESS, "[]", "\0"])
def test_a_client_is_told_that_these_are_no_settings(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011  # there is nothing to tell apart
        load_client_settings(path)


def test_a_bottomless_value_is_no_setting() -> None:
    with pytest.raises(ConfigurationError):
        edit_settings(WORLD.settings, [f"markets[2]={BOTTOMLESS}"])
