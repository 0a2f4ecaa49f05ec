"""Every row of the table of ledger operations, in golden transactions built with stellar-sdk: plain, inside a fee bump,
and failed; and what the state machine makes of it.
"""

import pytest
from stellar_sdk import (
    Payment,
    SetOptions,
)

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AuditorSignature,
    ChannelTransaction,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    Request,
    SignedRequest,
    VaultTransaction,
    Withdrawal,
)
from constellation.protocol.signing import Purpose, settings_constellation_id, signing_hash
from constellation.quanta import Machine
from constellation.stellarlink import TransactionReader
from constellation.stellarlink.handover import handover_steps, lock_steps
from constellation.stellarlink.ledger_table import LEDGER_TABLE
from constellation.testing.world import to
from tests.stellarlink.golden_operations import GOLDEN, OUTCOMES, SETTINGS, TOID
from tests.stellarlink.support import (
    AUDITORS,
    CHANNELS,
    LUMEN,
    OTHER,
    TRADER,
    VAULT,
    bumped_record,
    make_settings,
    payment_ok,
    record,
    set_options_ok,
)

READER = TransactionReader(SETTINGS)
UNREADABLE = ["smart_contract"]
"""No golden transaction: what such a transfer did is not in the bytes that are read."""

EVERY = [(name, golden) for name, cases in GOLDEN.items() for golden in cases]
every_golden = pytest.mark.parametrize(
    "golden", [golden for _, golden in EVERY], ids=[f"{name}: {golden.title}" for name, golden in EVERY]
)


def test_every_row_has_golden_transactions():
    assert [row.name for row in LEDGER_TABLE if row.name not in UNREADABLE] == list(GOLDEN)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_row_names_the_event_that_is_read(name):
    [row] = [row for row in LEDGER_TABLE if row.name == name]
    found = [type(event) for golden in GOLDEN[name][:1] for event in golden.events(bytes(32), bytes(32))]
    assert found == ([] if row.event is None else [row.event])


def shown_as(golden, *, successful):
    operations, outcomes = [item[0] for item in golden.operations], [item[1] for item in golden.operations]
    terms = {"source": golden.source, "memo": golden.memo, "successful": successful}
    return operations, outcomes, terms


@every_golden
@pytest.mark.parametrize("successful", [True, False])
def test_what_a_transaction_means(golden, successful):
    operations, outcomes, terms = shown_as(golden, successful=successful)
    transaction = record(operations, outcomes, **terms)
    digest = bytes.fromhex(transaction.hash)
    expected = golden.events if successful else golden.failed
    assert READER.events(transaction) == expected(digest, digest)


@every_golden
@pytest.mark.parametrize("successful", [True, False])
def test_what_it_means_inside_a_fee_bump(golden, successful):
    operations, outcomes, terms = shown_as(golden, successful=successful)
    transaction, inner = bumped_record(operations, outcomes, **terms)
    expected = golden.events if successful else golden.failed
    assert READER.events(transaction) == expected(bytes.fromhex(transaction.hash), inner)


@pytest.mark.parametrize("successful", [True, False])
def test_the_vaults_lumens_pay_no_fee_unnoticed(successful):
    operations = [Payment(OTHER.address, LUMEN, "1")]
    transaction, _ = bumped_record(operations, [payment_ok()], fee_source=VAULT, successful=successful)
    assert READER.events(transaction) == [VaultTransaction(TOID, bytes.fromhex(transaction.hash))]


@pytest.mark.parametrize(
    "change",
    [
        lambda steps: steps.append(Payment(OTHER.address, LUMEN, "1", VAULT.address)),
        lambda steps: steps.pop(),
        lambda steps: steps.reverse(),
        lambda steps: steps.insert(0, SetOptions(home_domain="x", source=VAULT.address)),
        lambda steps: steps.append(SetOptions(home_domain="x", source=TRADER.address)),
    ],
    ids=["with a payment", "not locked", "in another order", "with an option", "with somebody else's"],
)
def test_only_the_whole_handover_and_nothing_beside_it_is_no_alarm(change):
    steps = handover_steps(SETTINGS)
    change(steps)
    outcomes = [OUTCOMES[type(step)]() for step in steps]
    transaction = record(steps, outcomes)
    assert READER.events(transaction) == [VaultTransaction(TOID, bytes.fromhex(transaction.hash))]


def test_the_handover_to_other_auditors_is_an_alarm():
    others = make_settings(auditors=5)
    steps = handover_steps(others)
    transaction = record(steps, [OUTCOMES[type(step)]() for step in steps])
    assert READER.events(transaction) == [VaultTransaction(TOID, bytes.fromhex(transaction.hash))]


def test_the_channels_handover_is_nothing():
    steps = lock_steps(SETTINGS, CHANNELS[0].public)
    assert READER.events(record(steps, [set_options_ok()] * len(steps))) == []


# What the state machine makes of it


class Constellation:
    """A state machine to whose vault all that happens."""

    def __init__(self) -> None:
        self.machine = Machine(SETTINGS)
        self.identity = settings_constellation_id(SETTINGS)
        self.commits(40, [LedgerDeposit(1, bytes(32), None, 9 * ONE, TRADER.public, None, None)])

    def commits(self, ledger: int, events: list[LedgerEvent]) -> list[type]:
        """The kinds of effects of what happened until ``ledger``."""
        cursor = self.machine.state.ledger_cursor
        report = LedgerReport(cursor, ledger << 32, 1_000, events)
        digest = signing_hash(Purpose.LEDGER_REPORT, self.identity, report.to_xdr())
        signatures = [AuditorSignature(item.public, item.sign(digest)) for item in AUDITORS[:2]]
        executed = self.machine.execute(self.machine.state.timestamp, LedgerCommit(report, signatures))
        return [type(effect) for group in executed.groups for effect in group.effects]

    def withdraws(self) -> ChannelTransaction:
        """The transaction that pays a withdrawal."""
        request = Request(TRADER.public, None, 1, 1, Withdrawal(0, ONE, to(TRADER)))
        digest = signing_hash(Purpose.REQUEST, self.identity, request.to_xdr())
        self.machine.execute(0, SignedRequest(request, TRADER.sign(digest)))
        [prepared] = self.machine.state.desk.prepared
        return ChannelTransaction(60 << 32, prepared.transaction, prepared.channel, prepared.sequence, True)


@pytest.mark.parametrize("row", [row for row in LEDGER_TABLE if row.event is not None], ids=lambda row: row.name)
def test_a_row_names_the_effects_that_follow(row):
    constellation = Constellation()
    if row.name in ("task_done", "task_failed"):
        event = constellation.withdraws()
        event.successful = row.name == "task_done"
        events = [event]
    else:
        events = GOLDEN[row.name][0].events(b"\x01" * 32, b"\x01" * 32)
    effects = constellation.commits(100, events)
    assert {*row.effects} <= {*effects}
    silent = {"AccountOpened", "BalanceChanged", "LedgerAdvanced"}
    assert {kind.__name__ for kind in effects} - silent == {kind.__name__ for kind in row.effects}
