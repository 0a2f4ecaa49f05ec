"""What must be true of money: after every quantum, and of a constellation at rest."""

from collections import Counter
from collections.abc import Iterable

from constellation.protocol.messages import LedgerEvent, VaultTaskType, WithdrawalOutcome
from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import header_hash
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State, conservation_errors, event_place
from constellation.sandbox import Asset
from constellation.stellarlink import TransactionReader
from constellation.stellarlink.toid import ledger_end, whole_ledgers
from constellation.testing.money.book import Book, Money
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.server import record_of
from constellation.testing.money.truth import Movement, lost, movements
from constellation.testing.money.world import VaultWorld
from constellation.vault import RESERVE_ASSET

_PAYING = (VaultTaskType.WITHDRAWAL_TASK, VaultTaskType.REFUND_TASK)


def coverage_errors(world: VaultWorld, state: State) -> list[str]:
    """Where the vault at the end of the committed ledger does not hold exactly what is owed, but for known losses."""
    ledger = whole_ledgers(state.ledger_cursor)
    if ledger_end(ledger) != state.ledger_cursor or ledger < world.ledger.oldest_state:
        return []
    vault = world.ledger.state_after(ledger).peek(world.vault)
    assert vault is not None
    errors = []
    for name, owed in _owed(world, state).items():
        asset = Asset.parse(name)
        line = vault.trust_lines.get(asset)
        holds = vault.balance if asset.is_native else 0 if line is None else line.balance
        missing = lost(world, name, until=ledger)
        if holds != owed - missing:
            errors.append(
                f"{name} after ledger {ledger}: the vault holds {holds}, {owed} is owed and {missing} was lost"
            )
    return errors


def _owed(world: VaultWorld, state: State) -> dict[str, int]:
    """What must be in the vault, by the asset's name."""
    owed = {format_asset(world.fake_usd): 0}
    for asset, held in enumerate(state.vault.held):
        reserve = world.settings.vault_reserve if asset == RESERVE_ASSET else 0
        owed[format_asset(state.assets.identity(asset))] = held + reserve
    for entry in state.suspense.entries:
        if state.assets.find(entry.asset) is None:
            name = format_asset(entry.asset)
            owed[name] = owed.get(name, 0) + entry.amount
    return owed


def state_errors(world: VaultWorld, state: State) -> list[str]:
    """Everything about money that is wrong in a state, at any time."""
    return [*conservation_errors(state), *coverage_errors(world, state)]


def unrest(cluster: VaultCluster, world: VaultWorld) -> list[str]:
    """Everything that is not done yet, one sentence each; empty at rest."""
    state, latest = cluster.alpha.machine.state, world.ledger.latest.sequence
    open_tasks = [*state.desk.tasks, *state.claims.values(), *state.trusts.values()]
    found = [f"{type(task).__name__} {task.key[1]} is open" for task in open_tasks]
    found += [f"asset {asset} is suspended: {why.reason.name}" for asset, why in state.assets.suspensions.items()]
    if state.signers_change is not None:
        found.append("the signers are on their way")
    if not cluster.is_ready or cluster.certified != cluster.alpha.tip.number:
        found.append(f"batch {cluster.alpha.tip.number} is not final: {cluster.alpha.herald.describe()}")
    for number in cluster.members:
        if cluster.auditors[number].halted is not None:
            found.append(f"auditor {number} has halted: {cluster.auditors[number].halted}")
        elif cluster.state_root(number) != cluster.state_root():
            found.append(f"auditor {number} has another state")
    unseen = [event for event in _events(world) if event_place(event) > state.ledger_cursor]
    if unseen or latest - whole_ledgers(state.ledger_cursor) > 64:
        found.append(f"{len(unseen)} events are not committed, up to ledger {latest}")
    return found


def _events(world: VaultWorld) -> list[LedgerEvent]:
    """Everything that concerns the vault, read from the whole ledger at once."""
    reader, history = TransactionReader(world.settings), world.ledger.history
    accounts = [world.settings.vault, *(channel.account for channel in world.settings.channels)]
    records = {
        record.toid: record
        for key in accounts
        for record in history.transactions_of(encode_public_key(key)).newest(since=world.settings.ledger_cursor)
    }
    return [event for toid in sorted(records) for event in reader.events(record_of(records[toid]))]


def final_errors(cluster: VaultCluster, world: VaultWorld, book: Book) -> list[str]:
    """Everything that is wrong at rest."""
    errors = money_errors(world, cluster.alpha.machine.state, book)
    if book.machine.state.root() != cluster.state_root():
        errors.append("the log does not lead to the state")
    for certificate in [*cluster.certificates, *cluster.alpha.certificates]:
        header = certificate.header
        if cluster.alpha.log.digest(header.number) != header_hash(world.constellation, header):
            errors.append(f"batch {header.number} was final and is not in the log")
    contradictions = [auditor.reports.contradiction for auditor in cluster.auditors]
    return [*errors, *(contradiction for contradiction in contradictions if contradiction)]


def money_errors(world: VaultWorld, state: State, book: Book) -> list[str]:
    """Everything that is wrong with money at rest: between the state, the log and the ledger."""
    errors = state_errors(world, state)
    if book.events != [event for event in _events(world) if event_place(event) <= state.ledger_cursor]:
        errors.append("the reports do not tell what is on the ledger")
    moved = movements(world, until=whole_ledgers(state.ledger_cursor))
    return [
        *errors,
        *_deposit_errors(book, moved),
        *_payment_errors(book, moved),
        *_outcome_errors(world, book),
    ]


def _deposit_errors(book: Book, moved: list[Movement]) -> Iterable[str]:
    """Every deposit was credited or kept in suspense once; nothing else was."""
    arrived = Counter((item.operation, item.asset, item.amount) for item in moved if item.amount > 0)
    entered = Counter((place, *money) for place, found in book.arrived.items() for money in found)
    for (place, asset, amount), count in ((arrived - entered) + (entered - arrived)).items():
        seen, told = arrived[place, asset, amount], entered[place, asset, amount]
        yield f"{count}: operation {place} brought {amount} of {asset} {seen} times, entered {told} times"


def _payment_errors(book: Book, moved: list[Movement]) -> Iterable[str]:
    """Nothing left the vault but what was closed as paid, once each."""
    left = Counter(
        (item.transaction, item.asset, -item.amount) for item in moved if item.amount < 0 and not item.is_loss
    )
    paid: Counter[tuple[bytes, str, int]] = Counter()
    for key, outcomes in book.closed.items():
        for outcome, transaction in outcomes:
            if outcome is WithdrawalOutcome.PAID and key[0] in _PAYING:
                paid[transaction, *_money(book, key[0], key[1])] += 1
    for (transaction, asset, amount), _ in ((left - paid) + (paid - left)).items():
        seen, told = left[transaction, asset, amount], paid[transaction, asset, amount]
        yield f"{transaction.hex()[:8]} paid {amount} of {asset} {seen} times, closed {told} times"


def _money(book: Book, kind: VaultTaskType, number: int) -> Money:
    return book.accepted[number] if kind is VaultTaskType.WITHDRAWAL_TASK else book.suspended[number]


def _outcome_errors(world: VaultWorld, book: Book) -> Iterable[str]:
    """Every withdrawal was closed once, and every transaction came to what the ledger shows."""
    for number in book.accepted:
        closed = book.closed[VaultTaskType.WITHDRAWAL_TASK, number]
        if len(closed) != 1:
            yield f"withdrawal {number} was closed {len(closed)} times"
    for place, transactions in book.refunded.items():
        if len(transactions) != 1:
            yield f"the deposit of operation {place} was sent back {len(transactions)} times"
    for (kind, number), outcomes in book.closed.items():
        for outcome, transaction in outcomes:
            record = world.ledger.history.transaction(transaction.hex())
            seen = WithdrawalOutcome.LAPSED
            if record is not None:
                seen = WithdrawalOutcome.PAID if record.is_successful else WithdrawalOutcome.FAILED
            if book.tasks.get(transaction) != (kind, number) or seen is not outcome:
                yield f"{kind.name} {number} was closed as {outcome.name}, the ledger says {seen.name}"
