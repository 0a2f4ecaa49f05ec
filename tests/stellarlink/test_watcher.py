"""The rule of the next report, in examples; ``test_watcher_properties.py`` has the general case."""

from dataclasses import replace

import pytest

from constellation.protocol.messages import MAX_LEDGER_EVENTS, ChannelTransaction, LedgerDeposit
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    HEARTBEAT_LEDGERS,
    HistoryGap,
    LedgerContradiction,
    LedgerRecord,
    LedgerWatcher,
    MalformedAnswer,
    TransactionPage,
    UndecodableTransaction,
)
from constellation.stellarlink.toid import ledger_end, transaction_end
from constellation.stellarlink.watcher import EVENTS_AHEAD_MAX, LEDGERS_AHEAD_MAX
from tests.stellarlink.support import CHANNELS, VAULT, channel_transaction, deposits, make_settings

START = ledger_end(99)
VAULT_ADDRESS = encode_public_key(VAULT.public)
CHANNEL_ADDRESS = encode_public_key(CHANNELS[0].public)


def place(ledger, transaction=1):
    return ledger << 32 | transaction << 12


def closed(sequence):
    """Ledgers close every five seconds."""
    return LedgerRecord(sequence, sequence * 5)


def watcher_at(cursor=START, channels=1):
    return LedgerWatcher(make_settings(channels=channels), cursor)


def read_ledgers(watcher, last):
    after = watcher.after_ledger
    watcher.receive_ledgers(after, [closed(sequence) for sequence in range(after + 1, last + 1)])


def read(watcher, last, *records):
    """Everything up to ledger ``last``; all records are the vault's, the channels have none of their own."""
    read_ledgers(watcher, last)
    for address, cursor in watcher.cursors_before(watcher.last_ledger).items():
        mine = tuple(item for item in records if item.toid > cursor) if address == VAULT_ADDRESS else ()
        watcher.receive_transactions(address, cursor, TransactionPage(mine), limit=200, known_ledger=last)


def places(report):
    return [item.operation if isinstance(item, LedgerDeposit) else item.transaction_id for item in report.events]


def test_it_asks_from_the_committed_cursor_on():
    watcher = watcher_at()
    assert watcher.after_ledger == 99
    # No ledger is known yet whose transactions could be asked for.
    assert watcher.cursors_before(watcher.last_ledger) == {}


def test_it_asks_for_every_account_once_a_ledger_is_known():
    watcher = watcher_at()
    read_ledgers(watcher, 100)
    assert watcher.cursors_before(watcher.last_ledger) == {VAULT_ADDRESS: START, CHANNEL_ADDRESS: START}


def test_a_ledger_with_events_is_reported_with_the_empty_ones_before():
    watcher = watcher_at()
    read(watcher, 110, deposits(place(105), 2))
    report = watcher.next_report(START, None)
    assert (report.previous, report.cursor, report.closed_at_s) == (START, ledger_end(105), 525)
    assert places(report) == [place(105) + 1, place(105) + 2]
    assert watcher.next_report(report.cursor, None) is None


def test_nothing_is_reported_before_every_account_was_read():
    watcher = watcher_at()
    read_ledgers(watcher, 105)
    page = TransactionPage((deposits(place(105)),))
    watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=200, known_ledger=105)
    assert watcher.next_report(START, None) is None
    assert watcher.complete_ledger == 99
    watcher.receive_transactions(CHANNEL_ADDRESS, START, TransactionPage(()), limit=200, known_ledger=105)
    assert watcher.next_report(START, None) is not None


def test_a_heartbeat_reports_an_empty_stretch():
    watcher = watcher_at()
    read(watcher, 127)
    assert watcher.next_report(START, None) is None
    read(watcher, 128)
    report = watcher.next_report(START, None)
    assert 128 % HEARTBEAT_LEDGERS == 0
    assert (report.cursor, report.events) == (ledger_end(128), [])


def test_the_first_ledger_after_the_deadline_is_reported():
    watcher = watcher_at()
    read(watcher, 110)
    assert watcher.next_report(START, 550) is None  # ledger 110 closed at 550: still in time
    assert watcher.next_report(START, 549).cursor == ledger_end(110)
    assert watcher.next_report(START, 520).cursor == ledger_end(105)


def test_a_full_page_leaves_its_last_ledger_open():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 105)
    records = (deposits(place(101)), deposits(place(103)))
    watcher.receive_transactions(VAULT_ADDRESS, START, TransactionPage(records), limit=2, known_ledger=105)
    assert watcher.complete_ledger == 102
    assert watcher.cursors_before(watcher.last_ledger) == {VAULT_ADDRESS: place(103)}
    watcher.receive_transactions(
        VAULT_ADDRESS, place(103), TransactionPage((deposits(place(103, 2)),)), limit=2, known_ledger=105
    )
    assert watcher.complete_ledger == 105
    first = watcher.next_report(START, None)
    assert first.cursor == ledger_end(101)
    assert places(watcher.next_report(first.cursor, None)) == [place(103) + 1, place(103, 2) + 1]


def test_a_page_proves_nothing_beyond_the_ledger_known_before_it_was_asked_for():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 102)
    page = TransactionPage((deposits(place(103)),))  # closed while the answer was on its way
    watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=200, known_ledger=102)
    read_ledgers(watcher, 104)
    assert watcher.complete_ledger == 102
    assert watcher.cursors_before(watcher.last_ledger) == {VAULT_ADDRESS: place(103)}


def test_a_page_of_a_server_that_lags_proves_nothing_beyond_its_own_ledger():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 105)
    watcher.receive_transactions(
        VAULT_ADDRESS, START, TransactionPage((), latest_ledger=102), limit=200, known_ledger=105
    )
    assert watcher.complete_ledger == 102
    assert watcher.cursors_before(watcher.last_ledger) == {VAULT_ADDRESS: ledger_end(102)}


def test_a_transaction_in_two_streams_counts_once():
    watcher = watcher_at()
    read_ledgers(watcher, 100)
    for address in (VAULT_ADDRESS, CHANNEL_ADDRESS):
        page = TransactionPage((channel_transaction(place(100), to_vault=True),))
        watcher.receive_transactions(address, START, page, limit=200, known_ledger=100)
    report = watcher.next_report(START, None)
    assert [type(event) for event in report.events] == [ChannelTransaction, LedgerDeposit]


def test_two_streams_that_differ_are_a_contradiction():
    watcher = watcher_at()
    read_ledgers(watcher, 100)
    page = TransactionPage((deposits(place(100)),))
    watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=200, known_ledger=100)
    other = TransactionPage((deposits(place(100), amount=5),))
    with pytest.raises(LedgerContradiction):
        watcher.receive_transactions(CHANNEL_ADDRESS, START, other, limit=200, known_ledger=100)


def test_a_crowded_ledger_is_split_at_whole_transactions():
    watcher = watcher_at(channels=0)
    crowd = [deposits(place(100, number), 100) for number in range(1, 7)]
    read(watcher, 100, *crowd)
    reports = []
    cursor = START
    while (report := watcher.next_report(cursor, None)) is not None:
        reports.append(report)
        cursor = report.cursor
    assert [len(report.events) for report in reports] == [200, 200, 200]
    assert [report.cursor for report in reports] == [
        transaction_end(place(100, 2)),
        transaction_end(place(100, 4)),
        ledger_end(100),
    ]
    assert [report.closed_at_s for report in reports] == [500, 500, 500]
    assert [item for report in reports for item in places(report)] == [
        place(100, number) + operation for number in range(1, 7) for operation in range(1, 101)
    ]


def test_exactly_the_limit_is_one_report():
    watcher = watcher_at(channels=0)
    read(watcher, 100, deposits(place(100, 1), 100), deposits(place(100, 2), 100), deposits(place(100, 3), 56))
    report = watcher.next_report(START, None)
    assert (len(report.events), report.cursor) == (MAX_LEDGER_EVENTS, ledger_end(100))


def test_a_restart_in_the_middle_of_a_ledger_goes_on_there():
    middle = transaction_end(place(100, 4))
    watcher = watcher_at(middle, channels=0)
    assert watcher.after_ledger == 99
    read(watcher, 100, *[deposits(place(100, number), 100) for number in range(1, 7)])
    report = watcher.next_report(middle, None)
    assert (report.previous, report.cursor, len(report.events)) == (middle, ledger_end(100), 200)


def test_commits_may_run_ahead_of_what_was_read():
    watcher = watcher_at()
    read(watcher, 103, deposits(place(101)))
    watcher.advance(ledger_end(120))
    assert watcher.after_ledger == 120
    read(watcher, 121, deposits(place(121)))
    assert watcher.next_report(ledger_end(120), None).previous == ledger_end(120)


def test_a_cursor_that_goes_back_is_read_again():
    watcher = watcher_at()
    records = [deposits(place(101)), deposits(place(103))]
    read(watcher, 105, *records)
    first = watcher.next_report(START, None)
    watcher.advance(ledger_end(104))
    assert watcher.next_report(START, None) is None  # an uncertified tail was dropped: it is not remembered
    assert watcher.after_ledger == 99
    read(watcher, 105, *records)
    assert watcher.next_report(START, None) == first


def test_answers_to_old_questions_are_ignored():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 105)
    watcher.advance(ledger_end(110))
    watcher.receive_ledgers(105, [closed(106)])
    old = TransactionPage((deposits(place(101)),))
    watcher.receive_transactions(VAULT_ADDRESS, START, old, limit=200, known_ledger=105)
    assert watcher.last_ledger == watcher.complete_ledger == 110
    assert watcher.cursors_before(watcher.last_ledger) == {}


def test_a_history_that_begins_too_late_is_a_gap():
    with pytest.raises(HistoryGap, match="ledger 100 is needed next, the server goes on with 150"):
        watcher_at().receive_ledgers(99, [closed(150)])


def test_a_hole_in_the_history_is_a_gap_and_what_precedes_it_is_kept():
    watcher = watcher_at()
    with pytest.raises(HistoryGap):
        watcher.receive_ledgers(99, [closed(100), closed(102)])
    assert watcher.last_ledger == 100


def test_time_that_goes_back_is_a_contradiction():
    with pytest.raises(LedgerContradiction):
        watcher_at().receive_ledgers(99, [LedgerRecord(100, 50), LedgerRecord(101, 49)])


@pytest.mark.parametrize("toids", [[place(98)], [place(101), place(101)], [place(102), place(101)]])
def test_records_out_of_order_are_refused_as_a_whole(toids):
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 105)
    page = TransactionPage(tuple(deposits(toid) for toid in toids))
    with pytest.raises(MalformedAnswer):
        watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=200, known_ledger=105)
    assert watcher.complete_ledger == 99


def test_what_precedes_an_unreadable_transaction_is_reported():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 105)
    unreadable = replace(deposits(place(103)), envelope_xdr="AAAA")
    page = TransactionPage((deposits(place(101)), unreadable, deposits(place(104))))
    with pytest.raises(UndecodableTransaction):
        watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=200, known_ledger=105)
    assert watcher.next_report(START, None).cursor == ledger_end(101)
    assert watcher.next_report(ledger_end(101), 0).cursor == ledger_end(102)
    assert watcher.next_report(ledger_end(102), 0) is None


def test_it_stops_asking_when_the_commits_do_not_follow():
    watcher = watcher_at(channels=0)
    read(watcher, 99 + LEDGERS_AHEAD_MAX)
    assert watcher.after_ledger is None
    watcher.advance(ledger_end(200))
    assert watcher.after_ledger is not None


def test_it_stops_asking_when_too_many_events_wait():
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 110)
    cursor, number = START, 0
    while watcher.cursors_before(watcher.last_ledger):
        number += 1
        record = deposits(place(100 + number // 200, 1 + number % 200), 100)
        watcher.receive_transactions(VAULT_ADDRESS, cursor, TransactionPage((record,)), limit=1, known_ledger=110)
        cursor = record.toid
    assert number * 100 > EVENTS_AHEAD_MAX
    assert watcher.after_ledger is None
    assert watcher.next_report(START, None) is not None


def test_it_goes_on_asking_while_nothing_that_waits_can_be_reported():
    """The very next ledgers are empty; the one after them has more than is kept, and only a part of it was read."""
    watcher = watcher_at(channels=0)
    read_ledgers(watcher, 110)
    records = [deposits(place(105, number), 100) for number in range(1, EVENTS_AHEAD_MAX // 100 + 3)]
    page, rest = TransactionPage(tuple(records[:-1])), TransactionPage((records[-1],))
    watcher.receive_transactions(VAULT_ADDRESS, START, page, limit=len(page.records), known_ledger=110)
    assert watcher.next_report(START, None) is None
    assert watcher.after_ledger is not None
    assert watcher.cursors_before(110) == {VAULT_ADDRESS: records[-2].toid}
    watcher.receive_transactions(VAULT_ADDRESS, records[-2].toid, rest, limit=200, known_ledger=110)
    assert watcher.next_report(START, None) is not None


def test_it_confirms_what_it_has_read_itself():
    watcher = watcher_at()
    read(watcher, 105, deposits(place(101)), deposits(place(103)))
    report = watcher.next_report(START, None)
    longer = replace(report, cursor=ledger_end(102), closed_at_s=510)
    assert watcher.confirms(report) is True
    assert watcher.confirms(longer) is True
    assert watcher.confirms(replace(report, cursor=ledger_end(103), closed_at_s=515)) is False
    assert watcher.confirms(replace(report, closed_at_s=506)) is False
    assert watcher.confirms(replace(report, events=[])) is False
    assert watcher.confirms(replace(report, cursor=ledger_end(106))) is None
    assert watcher.confirms(replace(report, previous=START - 1)) is None
