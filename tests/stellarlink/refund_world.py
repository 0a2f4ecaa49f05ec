"""A constellation on a sandbox ledger that comes to its end: deposits, trades and withdrawals, then alpha is gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stellar_sdk import Payment as LedgerPayment
from stellar_sdk.operation import Operation as LedgerOperation

from constellation.protocol.amounts import ONE, format_amount
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Appointment,
    AuditorSignature,
    Certificate,
    Decision,
    GovernanceCommit,
    LedgerCommit,
    LedgerReport,
    MarketSettings,
    MarketStatus,
    Operation,
    Payment,
    Proposal,
    QuorumRule,
    Request,
    SignedAppointment,
    SignedRequest,
    TermCommit,
    Withdrawal,
)
from constellation.protocol.proposals import proposal_hash
from constellation.protocol.signing import KeyPair, Purpose, settings_constellation_id, signing_hash, vote_hash
from constellation.protocol.sub_accounts import sub_account_key
from constellation.protocol.terms import sign_appointment, term_of
from constellation.quanta import Executed, Machine, SealedBatch, Tip, event_place, seal, signed_batch
from constellation.sandbox import Ledger, LedgerServer
from constellation.snapshots import CheckpointKeeper, QuantumLog, StoredBatch
from constellation.stellarlink import HorizonNetwork, SubmitStatus, TransactionReader, create_vault
from constellation.stellarlink.refund_claims import Claims, claims_after
from constellation.stellarlink.refund_ledger import LedgerView, find_obstacles, read_ledger
from constellation.stellarlink.refund_model import Anchor, Choices, LedgerFacts
from constellation.stellarlink.refund_payments import RefundPlan
from constellation.stellarlink.refund_plan import make_plan
from constellation.stellarlink.signatures import decorated
from constellation.stellarlink.task_check import possible_signers
from constellation.stellarlink.toid import ledger_end
from constellation.testing.world import to
from constellation.vault import PreparedTask
from constellation.vault.transactions import stellar_asset, task_envelope
from tests.stellarlink.ledgers import FUNDER, plan, send, trader_with_dollars
from tests.stellarlink.support import ALPHA, AUDITORS, CHANNELS, DOLLAR, ISSUER, PASSPHRASE, VAULT, key

XLM, USD = "native", f"USD:{ISSUER.address}"
MARKET = MarketSettings(0, 1, 4, 1, ONE // 1000, 1, 0, 0, MarketStatus.MARKET_OPEN, 0)
QUORUM = 2


def ignore(done: int, total: int) -> None:
    """Progress that nobody looks at."""


class Ending:
    """One constellation: its ledger, its state, and its log.

    Attributes:
        clock_s: seconds that the ledger's time is ahead of the clock.
        members: the auditors of each term.
    """

    def __init__(self) -> None:
        self.clock_s = 0
        self.server = LedgerServer(Ledger(PASSPHRASE), close_interval_s=0.01, clock=lambda: time.time() + self.clock_s)
        self._nonces: dict[bytes, int] = {}
        self._executed: list[Executed] = []
        self.stored: list[StoredBatch] = []
        self._sealed: list[SealedBatch] = []
        self.now_us = round(time.time() * 1_000_000)
        self.members: list[list[KeyPair]] = [AUDITORS[:3]]
        self._appointments: list[SignedAppointment] = []

    @property
    def auditors(self) -> list[KeyPair]:
        """Of the present term."""
        return self.members[-1]

    async def begin(self, network: HorizonNetwork, **plan_changes: object) -> None:
        self.network = network
        await network.fund(FUNDER.address)
        await network.fund(ISSUER.address)
        self.settings = await create_vault(
            network,
            plan(markets=[MARKET], **plan_changes),
            funder=FUNDER,
            vault=VAULT,
            channels=CHANNELS,
            poll_interval_s=0.01,
        )
        self.machine = Machine(self.settings)
        self._tip = Tip.genesis(self.settings)
        self.constellation = settings_constellation_id(self.settings)
        self.seal()
        await trader_with_dollars(network)

    # --- what happens ---------------------------------------------------------------------------------------------

    async def on_ledger(self, source: KeyPair, *operations: LedgerOperation) -> None:
        assert (await send(self.network, source, operations)).status is SubmitStatus.INCLUDED

    async def deposit(self, who: KeyPair, amount: int, asset=None) -> None:
        await self.on_ledger(who, LedgerPayment(VAULT.address, stellar_asset(asset), format_amount(amount)))

    async def commit(self) -> None:
        """What the ledger shows becomes part of the state, signed by a quorum."""
        state, info = self.machine.state, await self.network.network()
        reader, events = TransactionReader(self.settings), {}
        for account in (VAULT, *CHANNELS):
            for record in (await self.network.transactions(account.address, state.ledger_cursor, 200)).records:
                for event in reader.events(record):
                    events[event_place(event)] = event
        in_order = [events[place] for place in sorted(events)]
        report = LedgerReport(state.ledger_cursor, ledger_end(info.latest_ledger), info.latest_closed_at_s, in_order)
        digest = signing_hash(Purpose.LEDGER_REPORT, self.constellation, report.to_xdr())
        signatures = [AuditorSignature(item.public, item.sign(digest)) for item in self.auditors[:QUORUM]]
        self._executed.append(self.machine.execute(self.now_us, LedgerCommit(report, signatures)))

    def request(self, who: KeyPair, operation: Operation) -> None:
        nonce = self._nonces[who.public] = self._nonces.get(who.public, 0) + 1
        self._ask(who, Request(who.public, None, nonce, self.now_us + 50_000_000, operation))

    def request_of_sub_account(self, owner: KeyPair, number: int, operation: Operation) -> None:
        self.now_us += 1
        key = sub_account_key(owner.public, number)
        self._ask(owner, Request(key, owner.public, self.now_us, self.now_us + 50_000_000, operation))

    def _ask(self, who: KeyPair, request: Request) -> None:
        digest = signing_hash(Purpose.REQUEST, self.constellation, request.to_xdr())
        self._executed.append(self.machine.execute(self.now_us, SignedRequest(request, who.sign(digest))))

    def pay(self, who: KeyPair, to: KeyPair, asset: int, amount: int) -> None:
        self.request(who, Payment(to.public, asset, amount))

    def withdraw(self, who: KeyPair, amount: int, asset: int = 0) -> None:
        self.request(who, Withdrawal(asset, amount, to(who)))

    def appoint(self, *auditors: KeyPair) -> None:
        """A term begins with these auditors; what happened before is sealed."""
        self.seal()
        members = [item.public for item in auditors]
        appointment = Appointment(len(self.members), ALPHA.public, members, QuorumRule.MAJORITY, "", "")
        signatures = [sign_appointment(self.settings, item, appointment) for item in self.auditors[:QUORUM]]
        self._appointments.append(SignedAppointment(appointment, signatures))
        self.members.append(list(auditors))
        self._executed.append(self.machine.execute(self.now_us, TermCommit(self._appointments[-1])))

    def decide(self, decision: Decision) -> None:
        """A quorum of the auditors decides."""
        proposal = Proposal(self.now_us, decision)
        digest = proposal_hash(self.constellation, proposal)
        signatures = [AuditorSignature(item.public, item.sign(digest)) for item in self.auditors[:QUORUM]]
        self._executed.append(self.machine.execute(self.now_us, GovernanceCommit(proposal, signatures)))

    def seal(self) -> None:
        self._last = self._executed, self._tip
        epoch = (len(self.members) - 1) * EPOCHS_PER_TERM + 1
        sealed = seal(self.machine, self._executed, self._tip, epoch, checkpoint=True)
        self._tip, self._executed = sealed.tip, []
        self._sealed.append(sealed)
        self.stored.append(StoredBatch(signed_batch(sealed, ALPHA.sign(sealed.digest)), sealed.digest))

    def seal_otherwise(self) -> None:
        """The last batch once more, of another epoch: as if another quorum had certified it."""
        sealed = seal(self.machine, *self._last, 2, checkpoint=True)
        self._tip = sealed.tip
        self.stored[-1] = StoredBatch(signed_batch(sealed, ALPHA.sign(sealed.digest)), sealed.digest)

    def certificate(self, number: int) -> Certificate:
        stored = self.stored[number - 1]
        digest = vote_hash(self.constellation, stored.digest)
        header = stored.batch.signed_header.header
        signers = self.members[term_of(header.epoch)][:QUORUM]
        return Certificate(header, [AuditorSignature(item.public, item.sign(digest)) for item in signers])

    def write_log(
        self, path: Path, batches: int | None = None, certified: int | None = None, checkpoint: int = 0
    ) -> None:
        """A node's log with the first ``batches``, of which ``certified`` are, and the state after ``checkpoint``."""
        batches = len(self.stored) if batches is None else batches
        log = QuantumLog(path, self.settings)
        log.write(self._appointments)
        log.write(self.stored[:batches])
        number = batches if certified is None else certified
        if number:
            log.write([self.certificate(number)])
        keeper = CheckpointKeeper(restored=False)
        for sealed in self._sealed[:checkpoint]:
            keeper.note(sealed)
        if (found := keeper.take(checkpoint)) is not None:
            log.write([found])
        log.close()

    async def execute(self, prepared: PreparedTask, term: int = 0) -> None:
        """The ledger includes a transaction of the vault, which the auditors of ``term`` have signed."""
        envelope = task_envelope(self.machine.state.settings, prepared)
        digest = envelope.hash()
        envelope.signatures = [decorated(item.public, item.sign(digest)) for item in self.members[term][:QUORUM]]
        assert (await self.network.submit(envelope.to_xdr())).status is SubmitStatus.INCLUDED

    async def later(self, seconds: int) -> None:
        """The ledger's time goes on."""
        self.clock_s += seconds
        closed = (await self.network.network()).latest_ledger
        while (await self.network.network()).latest_ledger < closed + 2:
            await asyncio.sleep(0.005)

    # --- the refund's parts ---------------------------------------------------------------------------------------

    @property
    def anchor(self) -> Anchor:
        number = len(self.stored)
        root = self.machine.state.root()
        cursor = self.machine.state.ledger_cursor
        return Anchor(number, self.stored[-1].digest, root, cursor, self.certificate(number).to_xdr())

    async def view(self) -> LedgerView:
        state = self.machine.state
        return await read_ledger(
            self.network, self.settings, possible_signers(state), state.ledger_cursor, pause_s=0.01
        )

    async def claims(self, view: LedgerView, donors: tuple[str, ...] = ()) -> Claims:
        return claims_after(self.machine.state, view.history, view.info.latest_closed_at_s, donors)

    async def plan(self, **choices) -> tuple[RefundPlan, Claims, LedgerFacts, Choices, LedgerView]:
        view = await self.view()
        chosen = Choices(max_time_s=view.info.latest_closed_at_s + choices.pop("valid_s", 86_400), **choices)
        claims = await self.claims(view, chosen.donors)
        facts = view.facts(await find_obstacles(self.network, claims, ignore, pause_s=0.01))
        made = make_plan(self.settings, claims, facts, chosen)
        return made, claims, facts, chosen, view

    async def lumens(self, who: KeyPair) -> int:
        account = await self.network.account(who.address)
        return 0 if account is None else account.balance(None).amount

    async def dollars(self, who: KeyPair) -> int:
        line = (await self.network.account(who.address)).balance(DOLLAR)
        return 0 if line is None else line.amount


@asynccontextmanager
async def ending(**plan_changes: object) -> AsyncIterator[Ending]:
    world = Ending()
    await world.server.start()
    try:
        async with HorizonNetwork(world.server.url) as network:
            await world.begin(network, **plan_changes)
            yield world
    finally:
        await world.server.stop()


def many(count: int) -> list[KeyPair]:
    """Owners who were never on the ledger."""
    return [key(10_000 + number) for number in range(count)]
