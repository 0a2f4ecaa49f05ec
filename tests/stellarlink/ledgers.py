"""A sandbox ledger with accounts on it, for tests that send real transactions."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from stellar_sdk import ChangeTrust, Keypair, MuxedAccount, Payment, Transaction, TransactionEnvelope
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AssetSettings, QuorumRule, RequestLimits
from constellation.protocol.signing import KeyPair
from constellation.sandbox import Ledger, LedgerServer
from constellation.stellarlink import HorizonNetwork, SubmitOutcome, SubmitStatus, VaultPlan
from tests.stellarlink.support import (
    ALPHA,
    AUDITORS,
    DOLLAR,
    FEES,
    ISSUER,
    PASSPHRASE,
    STELLAR_DOLLAR,
    TRADER,
    key,
)

FUNDER = key(50)

PLAN = VaultPlan(
    network_passphrase=PASSPHRASE,
    alpha=ALPHA.public,
    auditors=[auditor.public for auditor in AUDITORS[:3]],
    quorum_rule=QuorumRule.MAJORITY,
    fee_account=FEES.public,
    minimum_balance=ONE,
    transaction_fee=1000,
    withdrawal_lifetime_s=300,
    approval_lifetime_s=604_800,
    limits=RequestLimits(60_000_000, 10, 10, 10, 2000, 4000),
    assets=[AssetSettings(None, 1, 0), AssetSettings(DOLLAR, 1, 0)],
    markets=[],
)


def plan(**changes: object) -> VaultPlan:
    return replace(PLAN, **changes)


@asynccontextmanager
async def fast_ledger() -> AsyncIterator[HorizonNetwork]:
    """A ledger that closes all the time, with a funder and an issuer."""
    server = LedgerServer(Ledger(PASSPHRASE), close_interval_s=0.01)
    await server.start()
    try:
        async with HorizonNetwork(server.url) as network:
            await network.fund(FUNDER.address)
            await network.fund(ISSUER.address)
            yield network
    finally:
        await server.stop()


async def send(network: HorizonNetwork, source: KeyPair, operations: Sequence[Operation]) -> SubmitOutcome:
    """An ordinary transaction of ``source``."""
    account = await network.account(source.address)
    assert account is not None
    transaction = Transaction(
        MuxedAccount(source.address), account.sequence + 1, 100 * len(operations), list(operations), v1=True
    )
    envelope = TransactionEnvelope(transaction, PASSPHRASE)
    envelope.sign(Keypair.from_raw_ed25519_seed(source.seed))
    return await network.submit(envelope.to_xdr())


async def trader_with_dollars(network: HorizonNetwork) -> None:
    """10,000 lumens and 500 dollars for the trader."""
    await network.fund(TRADER.address)
    for source, operation in (
        (TRADER, ChangeTrust(STELLAR_DOLLAR)),
        (ISSUER, Payment(TRADER.address, STELLAR_DOLLAR, "500")),
    ):
        assert (await send(network, source, [operation])).status is SubmitStatus.INCLUDED
