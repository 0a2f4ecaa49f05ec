"""A ledger that goes on after its process has ended, however it ended."""

import json
import os
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar_sdk import Asset, ChangeTrust, ManageData, PathPaymentStrictSend, Payment

from constellation.sandbox import Asset as LedgerAsset
from constellation.sandbox import Conversion, Journal, JournalError, LedgerSettings
from constellation.sandbox.conversions import Conversions
from constellation.sandbox.tape import Page
from tests.sandbox.world import NATIVE, NOW, World, key

PASSPHRASE = "A journal ; 2026"
USD = Asset("USD", key("maker").public_key)


class RecordedWorld(World):
    def __init__(self, path, **options):
        self.journal = Journal(path, PASSPHRASE, **options)
        self.ledger = self.journal.ledger
        self.now = max(NOW, self.ledger.latest.closed_at)


def pay(amount="1"):
    return Payment(key("bob").public_key, NATIVE, amount)


def busy(path):
    """A ledger with everything in it: failures, conversions, a surge, an upgrade."""
    world = RecordedWorld(path, genesis_time_s=NOW)
    world.fund("alice", "bob", "maker")
    rate = Conversion(LedgerAsset.parse("native"), LedgerAsset.parse(f"USD:{USD.issuer}"), 1, 2, USD.issuer)
    world.ledger.conversions = Conversions([rate])
    world.apply("bob", ChangeTrust(USD))
    world.apply("alice", PathPaymentStrictSend(key("bob").public_key, NATIVE, "2", USD, "1", []))
    world.apply("alice", pay("99999"))
    world.ledger.upgrade(capacity_operations=1, base_fee_stroops=200)
    world.close()
    world.submit("alice", ManageData("a", "b"), base_fee=700)
    world.submit("bob", ManageData("a", "b"), base_fee=300)
    world.close()
    world.close()
    return world


def picture(ledger):
    history = ledger.history
    return (
        history.ledgers.read(Page(limit=1000)),
        [(each.toid, each.hash, each.result.to_xdr()) for each in history.transactions.read(Page(limit=1000))],
        [(each.token, each.effect) for each in history.effects.read(Page(limit=1000))],
        ledger.state.accounts(),
        ledger.settings,
        list(ledger.conversions),
    )


def test_a_restart_changes_nothing(tmp_path):
    path = tmp_path / "ledger"
    world = busy(path)
    before = picture(world.ledger)
    world.journal.close()
    again = RecordedWorld(path)
    assert picture(again.ledger) == before
    assert (again.journal.recovery.ledgers, again.journal.recovery.cut_bytes) == (len(before[0]) - 1, 0)
    assert again.apply("alice", pay(), base_fee=200).is_successful
    after = picture(again.ledger)
    again.journal.close()
    third = RecordedWorld(path)
    assert picture(third.ledger) == after
    third.journal.close()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1, exclude_max=True))
def test_any_torn_tail_is_cut_and_the_rest_is_there(tmp_path_factory, share):
    path = tmp_path_factory.mktemp("torn") / "ledger"
    world = busy(path)
    ledgers = [record.hash for record in world.ledger.history.ledgers.read(Page(limit=1000))]
    world.journal.close()
    data = path.read_bytes()
    torn = data[: int(len(data) * share)]
    path.write_bytes(torn)
    journal = Journal(path, PASSPHRASE, genesis_time_s=NOW)
    whole = torn.count(b"\n")
    assert journal.recovery.cut_bytes == len(torn) - (torn.rfind(b"\n") + 1)
    assert journal.ledger.latest.hash == ledgers[max(0, whole - 1)]
    journal.ledger.close(NOW + 1000)
    latest = journal.ledger.latest
    journal.close()
    again = Journal(path, PASSPHRASE)
    assert again.ledger.latest == latest
    again.close()


@pytest.mark.parametrize("line", [1, 3, -1])
def test_damage_is_named_and_nothing_is_cut(tmp_path, line):
    path = tmp_path / "ledger"
    busy(path).journal.close()
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = json.loads(lines[line])
    damaged["closed_at"] += 1
    lines[line] = json.dumps(damaged).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=f"damaged in line {line % len(lines) + 1}"):
        Journal(path, PASSPHRASE)
    assert path.read_bytes() == b"".join(lines)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_changed_byte_goes_unnoticed(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("flipped") / "ledger"
    world = busy(path)
    before = picture(world.ledger)
    world.journal.close()
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 2))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        journal = Journal(path, PASSPHRASE)
    except JournalError:
        return
    # What does not matter may change: the spelling of JSON, an unfinished line.
    assert picture(journal.ledger) == before or journal.recovery.cut_bytes
    journal.close()


@pytest.mark.parametrize(
    "content", [b"hello", b"hello\nworld\n", b"{}\n", b"[]\n", b'{"format":"other"}\n', b"\xff" * 100]
)
def test_other_files_are_left_alone(tmp_path, content):
    path = tmp_path / "photo"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="no journal"):
        Journal(path, PASSPHRASE)
    assert path.read_bytes() == content


def test_one_process_and_one_network(tmp_path):
    path = tmp_path / "ledger"
    first = Journal(path, PASSPHRASE)
    with pytest.raises(JournalError, match="another process"):
        Journal(path, PASSPHRASE)
    first.close()
    with pytest.raises(JournalError, match="another network"):
        Journal(path, "Elsewhere")


def test_a_ledger_that_cannot_be_recorded_is_not_closed(tmp_path, monkeypatch):
    path = tmp_path / "ledger"
    world = busy(path)
    submission = world.submit("alice", pay(), base_fee=200)
    before, size = picture(world.ledger), path.stat().st_size

    def fail(_descriptor):
        raise OSError("no")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no"):
        world.close()
    assert picture(world.ledger) == before
    assert path.stat().st_size == size
    monkeypatch.undo()
    assert [record.hash for record in world.close().transactions] == [submission.hash]
    world.journal.close()


def test_settings_and_bounds_of_a_new_ledger(tmp_path):
    chosen = LedgerSettings(base_fee_stroops=7)
    journal = Journal(tmp_path / "ledger", PASSPHRASE, settings=chosen, history_ledgers_max=5)
    for second in range(9):
        journal.ledger.close(second)
    journal.close()
    again = Journal(tmp_path / "ledger", PASSPHRASE, history_ledgers_max=3)
    assert asdict(again.ledger.settings) == asdict(chosen)
    assert len(again.ledger.history.ledgers) == 3
    again.close()
