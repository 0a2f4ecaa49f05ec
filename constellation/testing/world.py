"""A constellation's members and settings with fixed keys, and a hand for signing what they sign."""

from collections.abc import Sequence
from hashlib import sha256

from constellation.protocol.messages import (
    Appointment,
    AssetIdentity,
    AssetSettings,
    AuditorSignature,
    ChannelSettings,
    CreditAsset,
    Decision,
    GovernanceCommit,
    KeyRotation,
    LedgerCommit,
    LedgerDeposit,
    LedgerDestination,
    LedgerEvent,
    LedgerReport,
    MarketSettings,
    MarketStatus,
    Memo,
    Operation,
    Proposal,
    QuorumRule,
    Request,
    RequestBatch,
    RequestLimits,
    RotateKey,
    Settings,
    SignedAppointment,
    SignedRequest,
    SignedRequestBatch,
    TermCommit,
)
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.signing import KeyPair, Purpose, settings_constellation_id, signing_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Machine
from constellation.vault import PreparedTask, VaultTask
from constellation.vault.transactions import task_envelope

ONE = 10_000_000
"""One unit of an asset in stroops."""

START_US = 1_800_000_000_000_000
"""When a world's time begins."""

_LEDGER_END = 0xFFFF_FFFF


def key_of(name: str) -> KeyPair:
    """The key pair of somebody with this name; the same in every world."""
    return KeyPair(sha256(name.encode()).digest())


def to(
    who: KeyPair | bytes, memo: Memo = None, *, muxed_id: int | None = None, creates: bool = False
) -> LedgerDestination:
    """Where a withdrawal goes: the Stellar account of ``who``."""
    account = who.public if isinstance(who, KeyPair) else who
    return LedgerDestination(account, muxed_id, memo, creates)


def _account_and_author(who: KeyPair | bytes, signer: KeyPair | None) -> tuple[bytes, KeyPair]:
    if isinstance(who, KeyPair):
        return who.public, signer or who
    assert signer is not None, "nobody can sign with a key alone"
    return who, signer


def prepared_task(settings: Settings, task: VaultTask, channel: bytes, sequence: int, max_time_s: int) -> PreparedTask:
    """``task`` with the transaction that does it, as every member derives it."""
    prepared = PreparedTask(task, channel, sequence, settings.transaction_fee, max_time_s, bytes(32))
    prepared.transaction = task_envelope(settings, prepared).hash()
    return prepared


class World:
    """Settings with lumens, USD and EUR, two markets, and members with known keys.

    Args:
        auditors: how many.
        fills: limit of fills per quantum.
        maker_fee_ppm: of both markets.
        taker_fee_ppm: of both markets.
        channels: how many channel accounts.
        price_band_ppm: of both markets.
    """

    def __init__(
        self,
        auditors: int = 3,
        fills: int = 100,
        maker_fee_ppm: int = 0,
        taker_fee_ppm: int = 0,
        channels: int = 2,
        price_band_ppm: int = 0,
    ) -> None:
        self.alpha = key_of("alpha")
        self.auditors = [key_of(f"auditor {number}") for number in range(auditors)]
        self.fee_account = key_of("fees")
        issuer = key_of("issuer").public
        self.usd = CreditAsset("USD", issuer)
        self.eur = CreditAsset("EUR", issuer)

        def market(base: int, quote: int, decimals: int, lot: int) -> MarketSettings:
            return MarketSettings(
                base,
                quote,
                decimals,
                1,
                lot,
                ONE // 100,
                maker_fee_ppm,
                taker_fee_ppm,
                MarketStatus.MARKET_OPEN,
                price_band_ppm,
            )

        self.settings = Settings(
            rules=1,
            network_passphrase="Constellation Test Network",
            vault=key_of("vault").public,
            alpha=self.alpha.public,
            auditors=[auditor.public for auditor in self.auditors],
            quorum_rule=QuorumRule.MAJORITY,
            channels=[ChannelSettings(key_of(f"channel {n}").public, 100 << 32) for n in range(channels)],
            ledger_cursor=(100 << 32) | _LEDGER_END,
            vault_reserve=10 * ONE,
            fee_account=self.fee_account.public,
            minimum_balance=ONE,
            transaction_fee=10_000,
            withdrawal_lifetime_s=300,
            approval_lifetime_s=604_800,
            limits=RequestLimits(300_000_000, 50, fills, 5, 200, 400),
            assets=[AssetSettings(identity, ONE // 10, 0) for identity in (None, self.usd, self.eur)],
            markets=[market(0, 1, 4, ONE // 1000), market(2, 1, 3, ONE // 100)],
        )
        self.constellation = settings_constellation_id(self.settings)
        self._nonces: dict[bytes, int] = {}

    @property
    def terms(self) -> Terms:
        """The settings' alpha is the only one so far."""
        return Terms(self.settings)

    def machine(self) -> Machine:
        """A machine at genesis."""
        return Machine(self.settings)

    def request(
        self,
        who: KeyPair | bytes,
        operation: Operation,
        *,
        nonce: int | None = None,
        valid_until: int = START_US + 200_000_000,
        signer: KeyPair | None = None,
    ) -> SignedRequest:
        """A request signed by its account, or by a ``signer`` that it names.

        Without ``nonce`` it has the account's next one.
        """
        account, author = _account_and_author(who, signer)
        number = self._next_nonce(account) if nonce is None else nonce
        request = Request(account, None if signer is None else signer.public, number, valid_until, operation)
        digest = signing_hash(Purpose.REQUEST, self.constellation, request.to_xdr())
        return SignedRequest(request, author.sign(digest))

    def batch(
        self,
        who: KeyPair | bytes,
        operations: Sequence[Operation],
        *,
        all_or_nothing: bool = False,
        nonce: int | None = None,
        valid_until: int = START_US + 200_000_000,
        signer: KeyPair | None = None,
    ) -> SignedRequestBatch:
        """A request batch; the same as :meth:`request`."""
        account, author = _account_and_author(who, signer)
        number = self._next_nonce(account) if nonce is None else nonce
        named = None if signer is None else signer.public
        batch = RequestBatch(account, named, number, valid_until, all_or_nothing, list(operations))
        digest = signing_hash(Purpose.REQUEST_BATCH, self.constellation, batch.to_xdr())
        return SignedRequestBatch(batch, author.sign(digest))

    def rotation(self, who: KeyPair | bytes, new: KeyPair, nonce: int) -> RotateKey:
        """The rotation of an account's key to ``new``, which agrees, by the request with this nonce."""
        agreed = KeyRotation(who if isinstance(who, bytes) else who.public, nonce, new.public)
        proof = new.sign(signing_hash(Purpose.KEY_ROTATION, self.constellation, agreed.to_xdr()))
        return RotateKey(new.public, proof)

    def _next_nonce(self, account: bytes) -> int:
        self._nonces[account] = self._nonces.get(account, 0) + 1
        return self._nonces[account]

    def commit(
        self,
        machine: Machine,
        events: list[LedgerEvent],
        *,
        ledgers: int = 1,
        closed_at_s: int | None = None,
        signers: int | None = None,
    ) -> LedgerCommit:
        """A report that continues the machine's cursor, signed by a quorum, or by the first ``signers`` auditors."""
        state = machine.state
        ledger = (state.ledger_cursor >> 32) + ledgers
        if closed_at_s is None:
            closed_at_s = max(state.ledger_closed_at_s, START_US // 1_000_000) + 5
        report = LedgerReport(state.ledger_cursor, (ledger << 32) | _LEDGER_END, closed_at_s, events)
        number = quorum_of(state.settings) if signers is None else signers
        return self.sign_report(report, number, state.settings)

    def sign_report(self, report: LedgerReport, signers: int, members: Members | None = None) -> LedgerCommit:
        """``report`` with the signatures of the first ``signers`` auditors, those of the settings or others."""
        return LedgerCommit(report, self._signatures(Purpose.LEDGER_REPORT, report.to_xdr(), signers, members))

    def decide(
        self,
        decision: Decision,
        *,
        valid_until: int = START_US + 200_000_000,
        signers: int | None = None,
        members: Members | None = None,
    ) -> GovernanceCommit:
        """A decision, signed by a quorum of the settings' auditors or of others, or by the first ``signers``."""
        number = quorum_of(members or self.settings) if signers is None else signers
        return self.sign_proposal(Proposal(valid_until, decision), number, members)

    def sign_proposal(self, proposal: Proposal, signers: int, members: Members | None = None) -> GovernanceCommit:
        """``proposal`` with the signatures of the first ``signers`` auditors, those of the settings or others."""
        return GovernanceCommit(proposal, self._signatures(Purpose.PROPOSAL, proposal.to_xdr(), signers, members))

    def begin_term(self, appointment: Appointment, members: Members, signers: int | None = None) -> TermCommit:
        """An appointment, signed by a quorum of ``members``, or by the first ``signers`` of them."""
        number = quorum_of(members) if signers is None else signers
        signatures = self._signatures(Purpose.APPOINTMENT, appointment.to_xdr(), number, members)
        return TermCommit(SignedAppointment(appointment, signatures))

    def _signatures(
        self, purpose: Purpose, message: bytes, signers: int, members: Members | None = None
    ) -> list[AuditorSignature]:
        digest = signing_hash(purpose, self.constellation, message)
        known = (members or self.settings).auditors
        keys = [key for key in self.auditors if key.public in known][:signers]
        return [AuditorSignature(key.public, key.sign(digest)) for key in keys]

    def deposits(self, machine: Machine, *deposits: tuple[KeyPair, int | AssetIdentity, int]) -> LedgerCommit:
        """A report of deposits: who, asset (listed id or any identity), amount in stroops."""
        ledger = (machine.state.ledger_cursor >> 32) + 1
        events: list[LedgerEvent] = []
        for place, (who, asset, amount) in enumerate(deposits, 1):
            identity = self.settings.assets[asset].identity if isinstance(asset, int) else asset
            operation = (ledger << 32) | (place << 12) | 1
            transaction = sha256(str(operation).encode()).digest()
            events.append(LedgerDeposit(operation, transaction, identity, amount, who.public, None, None))
        return self.commit(machine, events)

    def funded(self, machine: Machine, *names: str, amount: int = 1_000_000 * ONE) -> list[KeyPair]:
        """Accounts with ``amount`` of every asset, deposited through the ledger."""
        traders = [key_of(name) for name in names]
        assets = range(len(self.settings.assets))
        for asset in assets:
            machine.execute(
                max(START_US, machine.state.timestamp),
                self.deposits(machine, *((trader, asset, amount) for trader in traders)),
            )
        return traders
