"""A whole alpha without sockets: a real machine and gateway, and a sequencer that seals and signs when it is told to.

``Pipe`` puts a client's session back to back with a gateway's session and moves bytes between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from constellation.gateway import (
    Front,
    Gate,
    GatewayConfig,
    GatewayMetrics,
    HistoryAsker,
    Hub,
    LedgerCheck,
    Origin,
    Session,
    WorkerLink,
)
from constellation.gateway.guests import Guest
from constellation.herald.proposal_desk import ProposalDesk
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    AssetSettings,
    AuditorSignature,
    Certificate,
    ChannelSettings,
    ClientMessage,
    CreditAsset,
    LedgerCommit,
    LedgerDeposit,
    LedgerReport,
    MarketSettings,
    MarketStatus,
    OpenProposal,
    Operation,
    QuantumBody,
    QuorumRule,
    Request,
    RequestBatch,
    RequestLimits,
    RequestRate,
    Role,
    Settings,
    SignedHeader,
    SignedProposal,
    SignedRequest,
    SignedRequestBatch,
    decode_client_message,
    decode_hub_message,
    decode_worker_message,
    encode_client_message,
    encode_hub_message,
    encode_worker_message,
)
from constellation.protocol.signing import KeyPair, Purpose, settings_constellation_id, signing_hash, vote_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Executed, Machine, SealedBatch, Tip, seal
from constellation.sdk.outputs import Output
from constellation.sdk.session import ClientSession
from tests.gateway.log_reader import MemoryLog

START_US = 1_790_000_000_000_000
LEDGER_END = 0xFFFF_FFFF
XLM, USD, EUR = 0, 1, 2


def key(name: str) -> KeyPair:
    return KeyPair(sha256(name.encode()).digest())


ALPHA = key("alpha")
AUDITORS = [key(f"auditor {number}") for number in range(3)]
ISSUER = key("issuer")
ANNA, BERT, CARL = key("anna"), key("bert"), key("carl")


def make_settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "rules": 1,
        "network_passphrase": "gateway test network",
        "vault": key("vault").public,
        "alpha": ALPHA.public,
        "auditors": [auditor.public for auditor in AUDITORS],
        "quorum_rule": QuorumRule.MAJORITY,
        "channels": [ChannelSettings(key("channel").public, 7)],
        "ledger_cursor": 0,
        "vault_reserve": 10 * ONE,
        "fee_account": key("fees").public,
        "minimum_balance": ONE,
        "transaction_fee": 100,
        "withdrawal_lifetime_s": 300,
        "approval_lifetime_s": 604_800,
        "limits": RequestLimits(60_000_000, 4, 10, 2, 2000, 4000),
        "assets": [
            AssetSettings(None, 1, 0),
            AssetSettings(CreditAsset("USD", ISSUER.public), 1, 0),
            AssetSettings(CreditAsset("EUR", ISSUER.public), 1, 0),
        ],
        "markets": [
            MarketSettings(XLM, USD, 4, 10, ONE, ONE // 10, 0, 1000, MarketStatus.MARKET_OPEN, 0),
            MarketSettings(EUR, USD, 4, 1, ONE, 1, 0, 0, MarketStatus.MARKET_HALTED, 0),
            MarketSettings(XLM, EUR, 4, 10, ONE, ONE // 10, 0, 0, MarketStatus.MARKET_OPEN, 0),
        ],
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


def sign(key_pair: KeyPair, constellation: bytes, request: Request) -> SignedRequest:
    digest = signing_hash(Purpose.REQUEST, constellation, request.to_xdr())
    return SignedRequest(request, key_pair.sign(digest))


def sign_batch(key_pair: KeyPair, constellation: bytes, batch: RequestBatch) -> SignedRequestBatch:
    digest = signing_hash(Purpose.REQUEST_BATCH, constellation, batch.to_xdr())
    return SignedRequestBatch(batch, key_pair.sign(digest))


class Council:
    """Collects proposals as alpha's node does."""

    def __init__(self, alpha: "Alpha") -> None:
        self._alpha = alpha
        self.desk = ProposalDesk(alpha.machine.state)

    def propose(self, signed: SignedProposal) -> None:
        self.desk.receive(signed, self._alpha.now_us)
        while (commit := self.desk.decided(self._alpha.now_us)) is not None:
            self._alpha.execute(commit)

    def open_proposals(self) -> list[OpenProposal]:
        return self.desk.open_proposals(self._alpha.now_us)


@dataclass
class Alpha:
    """Alpha's core: executes at once, acknowledges and certifies on demand."""

    settings: Settings = field(default_factory=make_settings)
    config: GatewayConfig = field(default_factory=GatewayConfig)
    check: LedgerCheck | None = None
    asker: HistoryAsker | None = None
    gate: Gate | None = None
    rate: tuple[int, int] | None = None
    machine: Machine = field(init=False)
    hub: Hub = field(init=False)
    front: Front = field(init=False)
    refused: Rejection | None = None
    now_us: int = START_US
    executed: list[Executed] = field(default_factory=list)
    origins: list[Origin | None] = field(default_factory=list)
    sealed: list[tuple[SealedBatch, SignedHeader]] = field(default_factory=list)
    certified: int = 0
    epoch: int = 1
    auditors: list[KeyPair] = field(default_factory=lambda: list(AUDITORS))
    on_submit: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        if self.rate is not None:
            self.settings.limits.requests_per_second, self.settings.limits.burst = self.rate
        self.machine = Machine(self.settings)
        self.tip = Tip.genesis(self.settings)
        self.constellation = settings_constellation_id(self.settings)
        self.log = MemoryLog(self.settings)
        self.council = Council(self)
        self.open_gateway()

    def open_gateway(self) -> None:
        """A new hub and a front before it."""
        self._numbers = count()
        metrics = GatewayMetrics()
        self.hub = Hub(
            self.machine,
            self._submit,
            lambda: self.refused,
            lambda: self.now_us,
            self.log,
            self.council,
            self.config,
            metrics,
            self.check,
            self.asker,
            self.gate,
        )
        self.hub.epoch = self.epoch
        self.front, _ = self.new_front(metrics)

    def new_front(self, metrics: GatewayMetrics | None = None) -> tuple[Front, WorkerLink]:
        """A front that speaks with the hub in bytes, as a worker does."""
        link = self.hub.attach(lambda message: front.receive(decode_hub_message(encode_hub_message(message))))
        front = Front(
            ALPHA,
            self.constellation,
            lambda message: link.receive(decode_worker_message(encode_worker_message(message))),
            lambda: self.now_us,
            lambda size: next(self._numbers).to_bytes(size, "big"),
            self.config,
            metrics or GatewayMetrics(),
            RequestRate(self.hub.limits.requests_per_second, self.hub.limits.burst),
        )
        return front, link

    def guest(self, session: Session) -> Guest:
        """The hub's view of a session."""
        (link,) = self.hub._links
        return link.guests[session.session_id]

    def _submit(self, origin: Origin | None, signed: Submission) -> None:
        self.execute(signed, origin)
        self.on_submit()

    def execute(self, body: QuantumBody, origin: Origin | None = None) -> None:
        timestamp = max(self.now_us, self.machine.state.timestamp)
        executed = self.machine.execute_all(timestamp, body)
        self.executed += executed
        self.origins += [origin] * len(executed)

    def acknowledge(self, *, checkpoint: bool = False) -> SealedBatch | None:
        """Seal what was executed, sign and store it, and tell the gateway."""
        if not self.executed:
            return None
        sealed = seal(self.machine, self.executed, self.tip, self.epoch, checkpoint=checkpoint)
        signed_header = SignedHeader(sealed.header, ALPHA.sign(sealed.digest))
        self.log.store(sealed, signed_header.alpha_signature)
        origins, self.executed, self.origins, self.tip = self.origins, [], [], sealed.tip
        self.sealed.append((sealed, signed_header))
        self.hub.acknowledge(sealed, signed_header, origins)
        return sealed

    def certificate(self, sealed: SealedBatch, signers: int = 2) -> Certificate:
        message = vote_hash(self.constellation, sealed.digest)
        signatures = [AuditorSignature(auditor.public, auditor.sign(message)) for auditor in self.auditors[:signers]]
        return Certificate(sealed.header, signatures)

    def certify(self) -> None:
        """Certify everything that was acknowledged."""
        for sealed, _ in self.sealed[self.certified :]:
            certificate = self.certificate(sealed)
            self.log.certify(certificate)
            self.hub.finalize(certificate)
        self.certified = len(self.sealed)

    def settle(self, *, checkpoint: bool = False) -> None:
        self.acknowledge(checkpoint=checkpoint)
        self.certify()

    def restart(self) -> None:
        """A new gateway over the same log, in a new epoch; what was executed and not acknowledged is acknowledged."""
        self.acknowledge()
        self.epoch += 1
        self.open_gateway()
        for sealed, signed_header in self.sealed:
            self.hub.remember(sealed, signed_header)
        for sealed, _ in self.sealed[: self.certified]:
            self.hub.finalize(self.certificate(sealed))

    def deposit(self, owner: KeyPair, asset: int, units: int) -> None:
        """Execute a ledger commit with one deposit."""
        previous = self.machine.state.ledger_cursor
        ledger = (previous >> 32) + 1
        event = LedgerDeposit(
            (ledger << 32) + 1,
            sha256(b"%d" % ledger).digest(),
            self.settings.assets[asset].identity,
            units,
            owner.public,
            None,
            None,
        )
        report = LedgerReport(previous, (ledger << 32) + LEDGER_END, START_US // 1_000_000, [event])
        digest = signing_hash(Purpose.LEDGER_REPORT, self.constellation, report.to_xdr())
        signatures = [AuditorSignature(auditor.public, auditor.sign(digest)) for auditor in self.auditors]
        self.execute(LedgerCommit(report, signatures))

    def fund(self, *owners: KeyPair) -> "Alpha":
        for owner in owners:
            for asset in (XLM, USD, EUR):
                self.deposit(owner, asset, 1000 * ONE)
        self.settle()
        return self

    def request(
        self,
        key_pair: KeyPair,
        operation: Operation,
        nonce: int = 1,
        valid_for_us: int = 30_000_000,
        signer: KeyPair | None = None,
    ) -> SignedRequest:
        named = None if signer is None else signer.public
        request = Request(key_pair.public, named, nonce, self.now_us + valid_for_us, operation)
        return sign(signer or key_pair, self.constellation, request)

    def batch(
        self, key_pair: KeyPair, *operations: Operation, nonce: int = 1, all_or_nothing: bool = False
    ) -> SignedRequestBatch:
        batch = RequestBatch(key_pair.public, None, nonce, self.now_us + 30_000_000, all_or_nothing, list(operations))
        return sign_batch(key_pair, self.constellation, batch)

    def root(self) -> bytes:
        return self.machine.state.root()


class RawClient:
    """A client that speaks the protocol by hand, to say what the SDK never would."""

    def __init__(
        self,
        alpha: Alpha,
        key_pair: KeyPair = ANNA,
        address: str = "192.0.2.1",
        front: Front | None = None,
        account: KeyPair | None = None,
    ) -> None:
        self.alpha = alpha
        self.key_pair = key_pair
        self.session: Session = (front or alpha.front).connect(address, 0.0)
        terms = Terms(alpha.settings)
        named = None if account is None else account.public
        self.handshake = InitiatorHandshake(key_pair, Role.CLIENT, alpha.constellation, terms, bytes(32), named)

    def send(self, message: ClientMessage) -> None:
        self.session.receive_data(encode_client_message(message))

    def received(self) -> list[ClientMessage]:
        return [decode_client_message(data) for data in self.session.data_to_send()]

    def hello(self) -> "RawClient":
        self.send(self.handshake.hello)
        return self

    def open(self) -> "RawClient":
        self.hello()
        (reply,) = self.received()
        self.send(self.handshake.receive(reply))  # type: ignore[arg-type]
        self.received()
        return self


class Pipe:
    """A client's session and a gateway's session back to back."""

    def __init__(
        self,
        alpha: Alpha,
        key_pair: KeyPair = ANNA,
        settings: Settings | None = None,
        after: int | None = None,
        room: Callable[[], int] = lambda: 1000,
    ) -> None:
        self.alpha = alpha
        self.client = ClientSession(
            settings or alpha.settings,
            key_pair,
            lambda: alpha.now_us - START_US,
            lambda: alpha.now_us,
            validity_us=30_000_000,
            clock_ahead_max_us=300_000_000,
            after=after,
            room=room,
        )
        self.outputs: list[Output] = []
        self.session: Session | None = None

    def connect(self) -> "Pipe":
        self.session = self.alpha.front.connect("192.0.2.2", 0.0)
        self.client.connect(bytes(32))
        return self.pump()

    def disconnect(self) -> "Pipe":
        assert self.session is not None
        self.alpha.front.disconnect(self.session)
        self.client.receive_eof()
        return self

    def pump(self, change: Callable[[bytes], bytes] = lambda data: data) -> "Pipe":
        """Move bytes both ways until there are none; ``change`` may tamper with what alpha sends."""
        assert self.session is not None
        moved = True
        while moved:
            moved = False
            for data in self.client.data_to_send():
                self.session.receive_data(data)
                moved = True
            for data in self.session.data_to_send():
                self.outputs += self.client.receive_data(change(data))
                moved = True
        return self

    def take(self) -> list[Output]:
        outputs, self.outputs = self.outputs, []
        return outputs
