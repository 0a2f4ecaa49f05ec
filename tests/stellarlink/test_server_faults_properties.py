"""Whatever Horizon servers do, in any mix: the same reports in the same order, only later."""

import asyncio
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from constellation.stellarlink import (
    HorizonNetwork,
    LedgerWatch,
    LedgerWatcher,
    MalformedAnswer,
    NetworkPool,
    NetworkUnavailable,
    RateLimited,
    StellarLinkError,
)
from constellation.stellarlink.horizon_answer import Answer
from constellation.stellarlink.watch import SETTLE_S
from tests.stellarlink.horizon_documents import ledger_document, page, root_document, transaction_document
from tests.stellarlink.support import PASSPHRASE
from tests.stellarlink.test_watcher_properties import SETTINGS, Chain, make_chain, obvious_reports

DEADLINE_S = 10**9


class World:
    """The ledger, and how far it was at which time."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.chain: Chain = make_chain(random)
        self.now_s = 0.0
        self.latest = self.chain.first
        self.past: list[tuple[float, int]] = [(0.0, self.latest)]

    def close(self, ledgers: int) -> None:
        self.latest = min(self.chain.last, self.latest + ledgers)
        self.past.append((self.now_s, self.latest))

    def latest_at(self, now_s: float) -> int:
        return max((latest for at, latest in self.past if at <= now_s), default=self.chain.first)


class Faulty(HorizonNetwork):
    """A Horizon that answers without a socket, and in every way that a server, or several behind one name, can.

    Attributes:
        faults: how often something is wrong, 0 to 1.
        lag: ledgers that it is behind; it says so.
        frozen_at: where it stands still, if it does.
        oldest: where its history begins.
        tells_position: whether pages of transactions say how far they reach; if not, they come from servers that lag
            behind the others, though never by more than what has settled.
    """

    def __init__(self, world: World) -> None:
        super().__init__("http://127.0.0.1:9")
        self.world = world
        self.faults = 0.0
        self.lag = 0
        self.frozen_at: int | None = None
        self.oldest = 1
        self.tells_position = True
        self.passphrase = PASSPHRASE

    async def _ask(self, method, path, parameters=None, *, form=None, is_slow=False):
        await asyncio.sleep(0)
        random = self.world.random
        if random.random() < self.faults / 2:
            raise random.choice([NetworkUnavailable("down"), MalformedAnswer("garbage"), RateLimited("slow down", 7)])
        return self._answer(path, parameters or {})

    @property
    def latest(self) -> int:
        latest = self.world.latest if self.frozen_at is None else min(self.world.latest, self.frozen_at)
        return max(self.world.chain.first, latest - self.lag)

    def _answer(self, path: str, parameters) -> Answer:
        chain, latest = self.world.chain, self.latest
        closed_at_s = chain.closed_at_s[latest - chain.first]
        if path == "/":
            return Answer(200, root_document(self.passphrase, latest, closed_at_s, self.oldest))
        if path == "/ledgers" and parameters["order"] == "desc":
            return Answer(200, page([ledger_document(latest, closed_at_s)]))
        cursor, limit = int(parameters["cursor"]), int(parameters["limit"])
        if path == "/ledgers":
            after = max(cursor >> 32, self.oldest - 1, chain.first - 1)
            documents = [
                ledger_document(record.sequence, record.closed_at_s) for record in chain.ledgers(after, limit, latest)
            ]
            return Answer(200, page(self._garble(documents)))
        if not self.tells_position:
            latest = self.world.random.randint(min(latest, self.world.latest_at(self.world.now_s - SETTLE_S)), latest)
        after = max(cursor, (self.oldest << 32) - 1)
        records = chain.page(path.split("/")[2], after, limit, latest)
        documents = self._garble([transaction_document(record) for record in records])
        return Answer(200, page(documents), latest if self.tells_position else None)

    def _garble(self, documents: list[dict]) -> list[dict]:
        random = self.world.random
        if documents and random.random() < self.faults:
            match random.choice(["cut", "double", "swap", "unreadable"]):
                case "cut":
                    return documents[: random.randint(1, len(documents))]
                case "double":
                    at = random.randrange(len(documents))
                    return [*documents[: at + 1], *documents[at:]]
                case "swap" if len(documents) > 1:
                    return [documents[1], documents[0], *documents[2:]]
                case "unreadable" if "envelope_xdr" in documents[0]:
                    at = random.randrange(len(documents))
                    return [*documents[:at], {**documents[at], "envelope_xdr": "AAAA"}, *documents[at + 1 :]]
        return documents


class Auditor:
    """Watches through several such servers, and takes each report as committed."""

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.servers = [Faulty(world) for _ in range(count)]
        self.cursor = world.chain.start
        self.reports: list[bytes] = []
        self.pool = NetworkPool(
            [(f"server {number}", server) for number, server in enumerate(self.servers)],
            PASSPHRASE,
            clock=lambda: world.chain.closed_at_s[world.latest - world.chain.first] + 1,
            monotonic=lambda: world.now_s,
            random=world.random,
            lag_limit_s=60,
        )
        self.restart()

    def restart(self) -> None:
        self.watcher = LedgerWatcher(SETTINGS, self.cursor)
        self.watch = LedgerWatch(
            self.pool,
            self.watcher,
            poll_interval_s=1,
            on_change=lambda: None,
            random=self.world.random,
            clock=lambda: 0.0,
        )

    async def poll(self) -> None:
        try:
            await self.watch.poll()
        except StellarLinkError:
            self.world.now_s += self.pool.wait_s
        while (report := self.watcher.next_report(self.cursor, DEADLINE_S)) is not None:
            self.reports.append(report.to_xdr())
            self.cursor = report.cursor
            if self.world.random.random() < 0.7:
                self.watcher.advance(self.cursor)

    def change_something(self) -> None:
        random, world = self.world.random, self.world
        server = random.choice(self.servers)
        match random.choice(["faults", "faults", "lag", "freeze", "prune", "position", "network", "restart"]):
            case "faults":
                server.faults = random.choice([0.0, 0.3, 0.8])
            case "lag":
                server.lag = random.choice([0, 1, 5, 40])
            case "freeze":
                server.frozen_at = random.choice([None, server.latest])
            case "prune" if server is not self.servers[0]:
                server.oldest = max(server.oldest, min(world.latest, random.randint(1, world.chain.last)))
            case "position":
                server.tells_position = random.random() < 0.5
            case "network":
                server.passphrase = random.choice([PASSPHRASE, PASSPHRASE, "another one"])
            case "restart" if random.random() < 0.3:
                self.restart()

    async def live(self, steps: int) -> None:
        random, world = self.world.random, self.world
        for _ in range(steps):
            world.now_s += random.choice([0.1, 1, 5, 30])
            match random.choice(["close", "change", "poll", "poll", "poll"]):
                case "close":
                    world.close(random.randint(1, 6))
                case "change":
                    self.change_something()
                case "poll":
                    await self.poll()

    async def recover(self) -> None:
        """One server, the one with the whole history, is well at last: everything is read."""
        world, first = self.world, self.servers[0]
        world.close(len(world.chain.closed_at_s))
        first.faults, first.lag, first.frozen_at, first.passphrase = 0.0, 0, None, PASSPHRASE
        for _ in range(400):
            world.now_s += 30
            await self.poll()
            if self.watcher.complete_ledger == world.chain.last:
                return
        raise AssertionError("the reading never comes to an end")


@example(seed=10101, servers=2, steps=74)  # the network stands still, and the server in use goes back
@example(seed=2028, servers=3, steps=84)
@given(seed=st.integers(0, 2**32), servers=st.integers(1, 3), steps=st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_no_mix_of_faults_changes_the_reports(seed, servers, steps):
    async def run():
        auditor = Auditor(World(Random(seed)), servers)
        await auditor.live(steps)
        await auditor.recover()
        await auditor.pool.close()
        return auditor

    auditor = asyncio.run(run())
    expected = obvious_reports(auditor.world.chain, [DEADLINE_S])
    assert auditor.reports == [report.to_xdr() for report in expected]
