"""The end of a run: what was told to anybody is compared with the final history, executed once more from its log."""

from collections import Counter
from contextlib import closing

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import SignedRequestBatch
from constellation.quanta import SealedBatch, Tip, replay
from constellation.snapshots import QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.testing.money.book import Book
from constellation.testing.money.checks import money_errors
from constellation.testing.simulation.authority import Authority
from constellation.testing.simulation.keyring import SubKeyring
from constellation.testing.simulation.memory import Told
from constellation.testing.simulation.simulation import Simulation
from constellation.testing.simulation.traders import Trader
from constellation.vault import Account


class History:
    """A log from genesis, executed once more.

    Args:
        log: with everything since genesis.
        simulation: whose settings it has.

    Attributes:
        book: the movements of money.
        headers: hashes of the headers, by number.
        requests: executed ones, and batches of them, by apex.
        times: how often a request was executed, by account, signer and nonce.
        authority: who was allowed to do what.
        batched: quanta that were operations of request batches.
        numbers: apexes of quanta, by account and the number of their first effect on it.
    """

    def __init__(self, log: QuantumLog, simulation: Simulation) -> None:
        self.book = Book(simulation.world.machine())
        self.headers: dict[int, bytes] = {}
        self.requests: dict[int, Submission] = {}
        self.times: Counter[tuple[bytes, bytes | None, int]] = Counter()
        self.batched = 0
        self.authority = Authority()
        self.numbers: dict[tuple[bytes, int], int] = {}
        tip = Tip.genesis(simulation.world.settings)
        for stored in log.batches(1):
            sealed = replay(self.book.machine, tip, stored.batch)
            tip = sealed.tip
            self._enter(sealed)

    def _enter(self, sealed: SealedBatch) -> None:
        self.book.enter(sealed)
        self.headers[sealed.header.number] = sealed.digest
        for executed in sealed.executed:
            self.authority.enter(executed)
            if isinstance(executed.quantum.body, Submission):
                signed = executed.quantum.body
                self.requests[executed.leaf.apex] = signed
                request = signed.request
                self.times[request.account, request.signer, request.nonce] += executed.is_last
                self.batched += isinstance(signed, SignedRequestBatch)
            for group in executed.groups:
                self.numbers[group.account, group.first_number] = group.apex


def check_history(simulation: Simulation) -> None:
    """Compare everything, and note what is wrong.

    Raises:
        Broken: something is.
    """
    node = simulation.alpha
    path = node.data_directory / LOG_FILE
    with closing(QuantumLog(path, simulation.world.settings, read_only=True)) as log:
        history = History(log, simulation)
    oracles = simulation.oracles
    assert node.current is not None
    state = node.current.inspect()[1]
    if history.book.machine.state.root() != state.root():
        oracles.find("the log does not lead to the state")
    for number, digest in oracles.certified.items():
        if history.headers.get(number) != digest:
            oracles.find(f"batch {number} was certified and is not in the final history")
    for account in simulation.accounts:
        _check_account(simulation, history, account)
    _check_requests(simulation, history)
    for error in history.authority.errors:
        oracles.find(error)
    for error in money_errors(simulation.world, state, history.book):
        oracles.find(error)
    oracles.tally["quanta"] = state.apex
    oracles.tally["quanta of batches"] = history.batched
    oracles.check()


def check_what_is_final(simulation: Simulation) -> None:
    """Where alpha lies: whatever was told to anybody as final is in the history that was certified.

    Raises:
        Broken: something is not.
    """
    oracles = simulation.oracles
    for account in simulation.accounts:
        for told in account.memory.everything:
            event = told.event
            if told.is_final and oracles.certified.get(event.batch, event.verified.digest) != event.verified.digest:
                oracles.find(f"{account.name} was told that batch {event.batch} is final, another one is certified")
    oracles.check()


def _check_account(simulation: Simulation, history: History, trader: Trader) -> None:
    """Who can log in must know everything; a sub-account that is not open knows for sure only what is final."""
    oracles, memory, key = simulation.oracles, trader.memory, trader.keyring.account
    expected = history.book.machine.state.vault.accounts.get(key)
    is_sub_account = isinstance(trader.keyring, SubKeyring)
    is_open = expected is not None and (not is_sub_account or _is_sub_account(expected))
    for told in memory.everything:
        oracles.count("events told to sub-accounts" if is_sub_account else "events told")
        error = _contradiction(history, key, told)
        if error is not None and is_open and memory.holds(told):
            oracles.find(f"{trader.name} was told apex {told.event.apex}, but {error}")
        elif error is not None and told.is_final:
            oracles.find(f"{trader.name} was told that apex {told.event.apex} is final, but {error}")
    for name, count in memory.refused.items():
        oracles.tally[f"refused: {name}"] = oracles.tally.get(f"refused: {name}", 0) + count
    if memory.start is not None and is_open and expected is not None and memory.last != expected.effect_number:
        oracles.find(f"{trader.name} was told everything up to effect {memory.last} of {expected.effect_number}")


def _is_sub_account(account: Account) -> bool:
    return account.keys is not None and account.keys.parent is not None


def _contradiction(history: History, key: bytes, told: Told) -> str | None:
    event = told.event
    if history.headers.get(event.batch) != event.verified.digest:
        return f"batch {event.batch} is another one"
    if history.numbers.get((key, event.first_number)) != event.apex:
        return f"effect {event.first_number} is of another quantum"
    if told.request is not None and history.requests.get(event.apex) != told.request:
        return "another request has its place"
    return None


def _check_requests(simulation: Simulation, history: History) -> None:
    """Nothing is executed twice."""
    times = history.times
    for (account, _, nonce), count in times.items():
        if count > 1:
            simulation.oracles.find(f"request {nonce} of {account.hex()[:8]} was executed {count} times")
