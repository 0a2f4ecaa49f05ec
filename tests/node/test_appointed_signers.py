"""Operators sign for other auditors only when those can sign for the vault whatever the ledger has got to."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node import status_list
from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.health import Unhealthy
from constellation.node.keys import write_key_file
from constellation.node.ledger_signers import ledger_signers_json
from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.messages import Appointment, ChannelTransaction, QuorumRule, SignedAppointment
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing import World
from constellation.testing.world import START_US, key_of

STATUS = ("--status-url", "http://127.0.0.1:7000")
URLS = ("--client-url", "wss://a", "--cluster-url", "wss://b")


class Council:
    """Operators with a file of appointments, and the state that an auditor's node has."""

    def __init__(self, auditors: int) -> None:
        self.world = World(auditors=auditors)
        self.machine: Machine = self.world.machine()
        self.appointments: list[SignedAppointment] = []
        Path("constellation.json").write_text(json.dumps(settings_to_json(self.world.settings)))
        for number, key in enumerate(self.world.auditors):
            write_key_file(Path(f"{number}.seed"), key)

    def appoints(self, *auditors: KeyPair) -> None:
        """These are in force in the file, and their term has not begun yet."""
        settings, term = self.world.settings, len(self.appointments) + 1
        keys = [key.public for key in auditors]
        appointment = Appointment(term, settings.alpha, keys, QuorumRule.MAJORITY, "wss://a", "wss://b")
        before = self.appointments[-1].appointment if self.appointments else settings
        self.appointments.append(self.world.begin_term(appointment, before).signed)
        document = appointments_to_json(self.world.constellation, self.appointments)
        Path("appointments.json").write_text(json.dumps(document))

    def begins(self) -> None:
        """The term begins, and the ledger is asked for its auditors."""
        self.machine.execute(START_US, self.world.begin_term(self.appointments[-1].appointment, self.world.settings))

    def closes(self) -> None:
        """The ledger has them."""
        state = self.machine.state
        [prepared] = state.desk.prepared
        place = ((state.ledger_cursor >> 32) + 1) << 32 | 1 << 12
        event = ChannelTransaction(place, prepared.transaction, prepared.channel, prepared.sequence, True)
        self.world.auditors.append(NEW[0])
        self.machine.execute(START_US, self.world.commit(self.machine, [event]))

    def status(self, url: str, timeout_s: float, most_bytes: int) -> bytes:
        assert url == "http://127.0.0.1:7000/status"
        return json.dumps({"ledger_signers": ledger_signers_json(self.machine.state)}).encode()


NEW = [key_of("the first to come"), key_of("the second to come")]


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def council_of(auditors: int, monkeypatch: pytest.MonkeyPatch) -> Council:
    council = Council(auditors)
    monkeypatch.setattr(status_list, "ask", council.status)
    return council


def propose(leaves: KeyPair, comes: KeyPair) -> Result:
    words = ["appoint-auditors", "propose", "--remove", leaves.address, "--add", comes.address, *URLS, *STATUS]
    return CliRunner().invoke(main, words)


def sign(auditor: int, *options: str) -> Result:
    return CliRunner().invoke(main, ["appoint-auditors", "sign", "--key-file", f"{auditor}.seed", *options])


def must_wait(result: Result) -> None:
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "1 auditors stay; they must be a quorum of the old ones (2)" in result.output
    assert "or wait until the ledger has taken the last change" in result.output


def test_those_whom_the_ledger_has_must_be_able_to_sign_for_the_change_after_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    council = council_of(3, monkeypatch)
    first, second, _ = council.world.auditors
    council.appoints(first, second, NEW[0])
    must_wait(propose(second, NEW[1]))  # the term is not in force yet
    council.begins()
    must_wait(propose(second, NEW[1]))  # and the ledger has not followed
    council.closes()
    assert propose(second, NEW[1]).exit_code == 0
    assert sign(0, *STATUS).exit_code == 0


def test_nobody_signs_what_was_proposed_before_his_own_node_knows_better(monkeypatch: pytest.MonkeyPatch) -> None:
    council = council_of(3, monkeypatch)
    first, second, _ = council.world.auditors
    council.appoints(first, second, NEW[0])
    council.begins()
    council.closes()
    assert propose(second, NEW[1]).exit_code == 0
    proposed = Path("appointments.json").read_text()
    council.machine = council.world.machine()  # a node that is behind
    must_wait(sign(0, *STATUS))
    assert Path("appointments.json").read_text() == proposed


def test_terms_that_have_not_begun_yet_count(monkeypatch: pytest.MonkeyPatch) -> None:
    council = council_of(3, monkeypatch)
    auditors = council.world.auditors
    council.appoints(*auditors, NEW[0])
    council.appoints(*auditors)
    assert "2 auditors stay; they must be a quorum of the old ones (3)" in propose(auditors[2], NEW[1]).output


def test_who_stays_in_all_of_it_may_be_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    council = council_of(5, monkeypatch)
    council.appoints(*council.world.auditors[:4], NEW[0])
    council.begins()
    assert propose(council.world.auditors[3], NEW[1]).exit_code == 0
    assert sign(0, *STATUS).exit_code == 0


def test_another_alpha_is_appointed_whatever_the_ledger_does(monkeypatch: pytest.MonkeyPatch) -> None:
    council = council_of(3, monkeypatch)
    council.appoints(*council.world.auditors[:2], NEW[0])
    council.begins()

    def nobody(*_: object) -> bytes:
        raise Unhealthy("nobody answers")

    monkeypatch.setattr(status_list, "ask", nobody)
    proposed = CliRunner().invoke(main, ["appoint-alpha", "propose", "--alpha", NEW[1].address, *URLS])
    assert proposed.exit_code == 0, proposed.output
    assert "1 more" in sign(0).output
    assert "In force" in sign(1).output


def test_without_the_ledgers_signers_nobody_signs_for_other_auditors(monkeypatch: pytest.MonkeyPatch) -> None:
    council = council_of(3, monkeypatch)
    assert propose(council.world.auditors[2], NEW[0]).exit_code == 0
    assert "--status-url: give your own auditor's" in sign(0).output
    for answer in (b"{}", b"[]", b'{"ledger_signers": {"term": 0, "possible": [{"auditors": ["G"]}]}}'):
        monkeypatch.setattr(status_list, "ask", lambda *_, answer=answer: answer)
        assert "--status-url: http://127.0.0.1:7000" in sign(0, *STATUS).output
    monkeypatch.setattr(status_list, "ask", council.status)
    assert "1 more" in sign(0, *STATUS).output
