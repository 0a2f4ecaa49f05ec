"""A world with a ledger: a real vault with channels, traders with accounts and money, an issuer and its look-alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from stellar_sdk import (
    ChangeTrust,
    CreateAccount,
    MuxedAccount,
    Payment,
    SetOptions,
    Transaction,
    TransactionEnvelope,
)
from stellar_sdk.memo import Memo
from stellar_sdk.operation import Operation
from stellar_sdk.operation.set_options import AuthorizationFlag

from constellation.protocol.messages import CreditAsset
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.sandbox import Asset as SandboxAsset
from constellation.sandbox import Conversion, Ledger, Submission
from constellation.sandbox.conversions import Conversions
from constellation.stellarlink import VaultPlan, create_vault
from constellation.stellarlink.signatures import decorated
from constellation.testing.money.errand import Errand
from constellation.testing.money.server import Server
from constellation.testing.world import START_US, World, key_of
from constellation.vault.transactions import stellar_asset

LEDGER_S: Final = 5
"""Between two ledgers."""

START_S: Final = START_US // 1_000_000

_AUTH_FLAGS = AuthorizationFlag.AUTHORIZATION_REVOCABLE | AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED
_PEOPLE_LUMENS = 10_000


class VaultWorld(World):
    """A world whose settings come from a vault on a ledger.

    Args:
        auditors: how many.
        channels: how many.
        lifetime_s: of a task's transaction.

    Attributes:
        ledger: closed by hand.
        traders: with accounts, trust lines and money on the ledger.
        issuer: of USD, EUR and NEW, which is not listed, who can claw back and withdraw authorization.
        issued: by the issuer.
        look_alike: issues another USD.
        bumper: pays for fee bumps.
        newcomers: who have come to the ledger later, with lumens alone; most leave again.
        pockets: accounts that withdrawals were to make.
        unasked: hashes of transactions that move the vault, although the constellation did not ask for them.
    """

    def __init__(self, auditors: int = 3, channels: int = 2, lifetime_s: int = 40, traders: int = 4) -> None:
        super().__init__(auditors=auditors, channels=channels)
        self.issuer, self.look_alike, self.bumper = key_of("issuer"), key_of("look-alike"), key_of("bumper")
        self.issued = [self.usd, self.eur, CreditAsset("NEW", self.issuer.public)]
        self.traders = [key_of(f"trader {number}") for number in range(traders)]
        passphrase = self.settings.network_passphrase
        self.ledger = Ledger(passphrase, genesis_time_s=START_S - 60)
        self.root = KeyPair(self.ledger.network_id)
        self._found()
        self._create_vault(channels, lifetime_s)
        native, usd = sandbox_asset(None), sandbox_asset(self.usd)
        self.ledger.conversions = Conversions([Conversion(native, usd, 1, 4, self.issuer.address)])
        self.unasked: dict[str, None] = {}
        self.newcomers: list[KeyPair] = []
        self.pockets: list[KeyPair] = []

    @property
    def fake_usd(self) -> CreditAsset:
        """Looks like USD."""
        return CreditAsset("USD", self.look_alike.public)

    def close(self, now_s: int = 0) -> None:
        """Close a ledger."""
        self.ledger.close(now_s)

    def _found(self) -> None:
        """Everybody gets an account, trust lines and money."""
        people = [self.issuer, self.look_alike, self.bumper, *self.traders]
        self.send(self.root, [CreateAccount(who.address, str(_PEOPLE_LUMENS)) for who in people])
        self.close()
        assets = [(stellar_asset(asset), self.issuer) for asset in self.issued]
        assets.append((stellar_asset(self.fake_usd), self.look_alike))
        operations: list[Operation] = [SetOptions(set_flags=_AUTH_FLAGS, source=self.issuer.address)]
        for trader in self.traders:
            for asset, issuer in assets:
                operations.append(ChangeTrust(asset, source=trader.address))
                operations.append(Payment(trader.address, asset, "1000", issuer.address))
        self.send(self.root, operations, [self.issuer, self.look_alike, *self.traders])
        self.close()

    def _create_vault(self, channels: int, lifetime_s: int) -> None:
        known = self.settings
        plan = VaultPlan(
            known.network_passphrase,
            known.alpha,
            known.auditors,
            known.quorum_rule,
            known.fee_account,
            known.minimum_balance,
            1000,
            lifetime_s,
            known.approval_lifetime_s,
            replace(known.limits, withdrawals=6),
            known.assets,
            known.markets,
        )
        keys = [key_of(f"channel {number}") for number in range(channels)]
        server = Server(self.ledger, lambda: 0)
        errand = Errand(
            create_vault(server, plan, funder=self.root, vault=key_of("vault"), channels=keys, poll_interval_s=0)
        )
        while not errand.step():
            self.close()
        self.settings = errand.result
        self.constellation = settings_constellation_id(self.settings)

    # --- the ledger ---------------------------------------------------------------------------------------------

    @property
    def vault(self) -> str:
        """Address of the vault."""
        return encode_public_key(self.settings.vault)

    def sequence(self, address: str) -> int | None:
        """The last sequence number that an account has used."""
        account = self.ledger.state.peek(address)
        return None if account is None else account.sequence

    def envelope(
        self,
        source: KeyPair | bytes,
        operations: Sequence[Operation],
        signers: Sequence[KeyPair],
        memo: Memo | None = None,
        fee_rate: int = 1000,
    ) -> TransactionEnvelope:
        """A signed transaction with its source's next sequence number."""
        address = source.address if isinstance(source, KeyPair) else encode_public_key(source)
        sequence = self.sequence(address)
        fee = fee_rate * len(operations)
        transaction = Transaction(MuxedAccount(address), (sequence or 0) + 1, fee, operations, memo, v1=True)
        envelope = TransactionEnvelope(transaction, self.settings.network_passphrase)
        digest = envelope.hash()
        envelope.signatures = [decorated(key.public, key.sign(digest)) for key in signers]
        return envelope

    def send(
        self,
        source: KeyPair,
        operations: Sequence[Operation],
        signers: Sequence[KeyPair] = (),
        memo: Memo | None = None,
        fee_rate: int = 1000,
    ) -> Submission:
        """Hand an ordinary transaction to the ledger."""
        return self.ledger.submit(self.envelope(source, operations, [source, *signers], memo, fee_rate).to_xdr())

    def holding(self, address: str, identity: CreditAsset | None) -> int | None:
        """What an account has of an asset, in stroops; None without a trust line."""
        account = self.ledger.state.peek(address)
        if account is None:
            return None
        if identity is None:
            return account.balance
        line = account.trust_lines.get(sandbox_asset(identity))
        return None if line is None else line.balance


def sandbox_asset(identity: CreditAsset | None) -> SandboxAsset:
    """The asset as the sandbox names it."""
    name = "native" if identity is None else f"{identity.code}:{encode_public_key(identity.issuer)}"
    return SandboxAsset.parse(name)
