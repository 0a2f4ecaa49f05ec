"""Whatever the polls, pages, lags and restarts: the same reports, and every event in exactly one of them."""

from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.messages import MAX_LEDGER_EVENTS, LedgerReport
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    HEARTBEAT_LEDGERS,
    LedgerRecord,
    LedgerWatcher,
    TransactionPage,
    TransactionReader,
    TransactionRecord,
)
from tests.stellarlink.support import CHANNELS, VAULT, channel_transaction, deposits, make_settings

SETTINGS = make_settings(channels=2)
ADDRESSES = [encode_public_key(VAULT.public), *(encode_public_key(channel.public) for channel in CHANNELS)]
READER = TransactionReader(SETTINGS)


@dataclass
class Chain:
    """A ledger's whole history: close times and transactions with the accounts that take part."""

    first: int
    closed_at_s: list[int]
    transactions: list[tuple[set[str], TransactionRecord]]

    @property
    def last(self):
        return self.first + len(self.closed_at_s) - 1

    @property
    def start(self):
        return (self.first << 32) - 1

    def ledgers(self, after, limit, latest):
        sequences = range(after + 1, min(latest, after + limit) + 1)
        return [LedgerRecord(sequence, self.closed_at_s[sequence - self.first]) for sequence in sequences]

    def page(self, address, after, limit, latest):
        mine = [
            record
            for accounts, record in self.transactions
            if address in accounts and record.toid > after and record.ledger <= latest
        ]
        return tuple(mine[:limit])


def make_chain(random: Random) -> Chain:
    first = random.randint(1, 200)
    closed_at_s, now = [], 1000
    for _ in range(random.randint(1, 70)):
        now += random.randint(0, 20)
        closed_at_s.append(now)
    chain = Chain(first, closed_at_s, [])
    for sequence in sorted(random.sample(range(first, chain.last + 1), min(6, len(closed_at_s)))):
        kinds = random.choice([["crowd"], ["deposit"], ["deposit", "crowd", "withdrawal", "odd", "bump"]])
        for number in range(1, random.randint(1, 8) + 1):
            chain.transactions.append(_transaction(random, random.choice(kinds), sequence << 32 | number << 12))
    return chain


def _transaction(random, kind, toid):
    if kind == "deposit":
        return {ADDRESSES[0]}, deposits(toid, random.randint(1, 3))
    if kind == "crowd":
        return {ADDRESSES[0]}, deposits(toid, random.choice([56, 100]))
    channel = random.randint(0, 1)
    accounts = {ADDRESSES[1 + channel]} | ({ADDRESSES[0]} if kind != "bump" else set())
    return accounts, channel_transaction(toid, channel, to_vault=kind == "odd")


def obvious_reports(chain: Chain, deadlines: list[int]) -> list[LedgerReport]:
    """All reports in order by somebody who sees everything at once and takes the rule word by word."""
    events = sorted(
        (event for _, record in chain.transactions for event in READER.events(record)),
        key=lambda event: getattr(event, "operation", None) or event.transaction_id,
    )
    reports: list[LedgerReport] = []
    cursor = chain.start
    for sequence, closed_at_s in enumerate(chain.closed_at_s, start=chain.first):
        mine = [event for event in events if _place(event) >> 32 == sequence]
        if not (mine or sequence % HEARTBEAT_LEDGERS == 0 or closed_at_s > _deadline(deadlines, reports)):
            continue
        while True:
            part = mine
            end = sequence << 32 | 0xFFFFFFFF
            if len(mine) > MAX_LEDGER_EVENTS:
                part = mine[:MAX_LEDGER_EVENTS]
                while _place(part[-1]) | 0xFFF == _place(mine[len(part)]) | 0xFFF:
                    part = part[:-1]
                end = _place(part[-1]) | 0xFFF
            reports.append(LedgerReport(cursor, end, closed_at_s, part))
            cursor, mine = end, mine[len(part) :]
            if not mine:
                break
    return reports


def _place(event):
    return getattr(event, "operation", None) or event.transaction_id


def _deadline(deadlines, reports):
    """The state's earliest deadline: it depends on what was committed, here on how many reports were."""
    return deadlines[len(reports) % len(deadlines)]


class Auditor:
    """Polls at random, through servers that may lag behind each other."""

    def __init__(self, chain: Chain, deadlines: list[int], random: Random):
        self.chain, self.deadlines, self.random = chain, deadlines, random
        self.reports: list[LedgerReport] = []
        self.watcher = LedgerWatcher(SETTINGS, chain.start)
        self.latest = chain.first - 1

    def step(self):
        random = self.random
        match random.choice(["close", "ledgers", "page", "page", "page", "commit", "restart"]):
            case "close":
                self.latest = min(self.chain.last, self.latest + random.randint(1, 30))
            case "ledgers":
                self.ask_ledgers(random.randint(1, 40))
            case "page":
                self.ask_page(random.randint(1, 4), random.randint(0, 3))
            case "commit":
                self.commit()
            case "restart" if random.random() < 0.3:
                self.watcher = LedgerWatcher(SETTINGS, self.cursor)

    @property
    def cursor(self):
        return self.reports[-1].cursor if self.reports else self.chain.start

    @property
    def progress(self):
        watcher = self.watcher
        return len(self.reports), watcher.after_ledger, watcher.cursors_before(watcher.last_ledger)

    def ask_ledgers(self, limit):
        after = self.watcher.after_ledger
        if after is not None:
            self.watcher.receive_ledgers(after, self.chain.ledgers(after, limit, self.latest))

    def ask_page(self, limit, lag):
        for address, cursor in self.watcher.cursors_before(self.watcher.last_ledger).items():
            known = self.watcher.last_ledger
            # The server of transactions may be behind the one of ledgers, and then it says so; or a ledger
            # closes while the answer is on its way, and then the page shows it without saying so.
            reached = max(self.chain.first - 1, self.latest - lag) if lag else self.latest
            page = TransactionPage(self.chain.page(address, cursor, limit, reached), reached if lag else None)
            self.watcher.receive_transactions(address, cursor, page, limit=limit, known_ledger=known)

    def commit(self):
        report = self.watcher.next_report(self.cursor, _deadline(self.deadlines, self.reports))
        if report is not None:
            assert self.watcher.confirms(report) is True
            self.reports.append(report)

    def finish(self):
        self.latest = self.chain.last
        for _ in range(1000):
            before = self.progress
            self.ask_ledgers(200)
            self.ask_page(200, 0)
            self.commit()
            if before == self.progress:
                return
        raise AssertionError("the reading never comes to an end")


@given(
    seed=st.integers(0, 2**32),
    deadlines=st.lists(st.integers(1000, 2000), min_size=1, max_size=4),
    steps=st.integers(0, 120),
)
@settings(max_examples=60, deadline=None)
def test_all_auditors_report_the_same_bytes_and_every_event_once(seed, deadlines, steps):
    random = Random(seed)
    chain = make_chain(random)
    auditor = Auditor(chain, deadlines, random)
    for _ in range(steps):
        auditor.step()
    auditor.finish()
    expected = obvious_reports(chain, deadlines)
    assert [report.to_xdr() for report in auditor.reports] == [report.to_xdr() for report in expected]
    reported = [event for report in auditor.reports for event in report.events]
    assert reported == [event for _, record in chain.transactions for event in READER.events(record)]
