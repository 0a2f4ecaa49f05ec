"""Creating a vault on the sandbox ledger, and what it then obeys."""

from dataclasses import replace

import pytest
from stellar_sdk import Payment

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AssetSettings, CreditAsset, LedgerDeposit
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    SETTINGS_DATA_NAME,
    BootstrapError,
    HorizonNetwork,
    NetworkMismatch,
    SubmitOutcome,
    SubmitStatus,
    TaskSubmitter,
    TransactionReader,
    check_vault,
    create_vault,
    sign_task,
)
from constellation.stellarlink.signatures import decorated
from constellation.stellarlink.toid import ledger_end
from constellation.vault.transactions import task_envelope
from tests.stellarlink.ledgers import FUNDER, fast_ledger, plan, send, trader_with_dollars
from tests.stellarlink.observer import Observer
from tests.stellarlink.support import (
    AUDITORS,
    CHANNELS,
    ISSUER,
    LUMEN,
    OTHER,
    PASSPHRASE,
    STELLAR_DOLLAR,
    TRADER,
    VAULT,
    key,
    prepared_withdrawal,
    state_with,
)


async def create(network, *, vault_plan=None, channels=CHANNELS, **options):
    return await create_vault(
        network,
        vault_plan or plan(),
        funder=options.pop("funder", FUNDER),
        vault=VAULT,
        channels=channels,
        poll_interval_s=0.01,
        **options,
    )


async def test_a_vault_is_created_locked_and_as_the_settings_say():
    async with fast_ledger() as network:
        told: list[str] = []
        settings = await create(network, progress=told.append)
        assert await check_vault(network, settings) == []
        assert told[-1] == "vault and channels are locked: only a quorum of auditors can move them"
        vault = await network.account(VAULT.address)
        assert vault.balance(None).amount == settings.vault_reserve == 35_000_000 + ONE
        assert vault.thresholds == (2, 2, 2)
        assert vault.signers == {VAULT.address: 0, **{auditor.address: 1 for auditor in AUDITORS[:3]}}
        assert vault.data == {SETTINGS_DATA_NAME: settings_hash(settings)}
        for channel, seed in zip(settings.channels, CHANNELS, strict=True):
            account = await network.account(seed.address)
            assert (channel.account, channel.sequence) == (seed.public, account.sequence)
            assert account.balance(None).amount == 25_000_000 + 10_000 * 1000
        creation = (await network.transactions(VAULT.address, 0, 1)).records[0]
        assert settings.ledger_cursor == ledger_end(creation.ledger)


async def test_locked_accounts_do_not_obey_their_own_keys():
    async with fast_ledger() as network:
        await create(network)
        for locked in (VAULT, *CHANNELS):
            outcome = await send(network, locked, [Payment(FUNDER.address, LUMEN, "1")])
            assert (outcome.status, outcome.transaction_code) == (SubmitStatus.REJECTED, "tx_bad_auth")


async def prepared_on(network, settings, *, amount=ONE, channel=0):
    closed_at_s = (await network.network()).latest_closed_at_s
    sequence = settings.channels[channel].sequence + 1
    return prepared_withdrawal(
        settings, channel=channel, sequence=sequence, max_time_s=closed_at_s + 300, amount=amount
    )


def signed_by(settings, prepared, auditors):
    envelope = task_envelope(settings, prepared)
    envelope.signatures = [decorated(auditor.public, auditor.sign(prepared.transaction)) for auditor in auditors]
    return envelope.to_xdr()


async def test_a_deposit_and_a_withdrawal_by_two_of_three():
    async with fast_ledger() as network:
        settings = await create(network)
        await trader_with_dollars(network)
        deposit = Payment(VAULT.address, STELLAR_DOLLAR, "20")
        assert (await send(network, TRADER, [deposit])).status is SubmitStatus.INCLUDED
        assert (await send(network, TRADER, [Payment(VAULT.address, LUMEN, "5")])).status is SubmitStatus.INCLUDED
        before = (await network.account(TRADER.address)).balance(None).amount

        prepared = await prepared_on(network, settings)
        submitter = TaskSubmitter()
        submitter.track(state_with(settings), prepared)
        for auditor in AUDITORS[:3]:
            signature = sign_task(auditor, settings, prepared)
            assert submitter.receive_signature(auditor.public, signature)
        [due] = submitter.due(0)
        assert (await network.submit(due.envelope_xdr)).status is SubmitStatus.INCLUDED
        assert (await network.account(TRADER.address)).balance(None).amount == before + ONE
        assert await check_vault(network, settings) == []

        events = await all_events(network, settings)
        assert [(event.amount, event.source) for event in events[:2]] == [
            (20 * ONE, TRADER.public),
            (5 * ONE, TRADER.public),
        ]
        assert all(isinstance(event, LedgerDeposit) for event in events[:2])
        assert (events[2].transaction, events[2].successful) == (prepared.transaction, True)
        assert len(events) == 3


async def all_events(network, settings):
    """Everything the auditors would report, read from the settings' cursor on."""
    last = (await network.network()).latest_ledger
    observer = Observer(network, settings=settings)
    while await observer.watch.poll() or observer.watcher.complete_ledger < last:
        pass
    events, cursor = [], settings.ledger_cursor
    while (report := observer.watcher.next_report(cursor, None)) is not None:
        events += report.events
        cursor = report.cursor
    return events


@pytest.mark.parametrize(("signers", "code"), [(AUDITORS[:1], "tx_bad_auth"), (AUDITORS[:3], "tx_bad_auth_extra")])
async def test_the_ledger_wants_exactly_a_quorum_of_signatures(signers, code):
    async with fast_ledger() as network:
        settings = await create(network)
        await network.fund(TRADER.address)
        await send(network, TRADER, [Payment(VAULT.address, LUMEN, "5")])
        prepared = await prepared_on(network, settings)
        outcome = await network.submit(signed_by(settings, prepared, signers))
        assert (outcome.status, outcome.transaction_code) == (SubmitStatus.REJECTED, code)
        assert (await network.submit(signed_by(settings, prepared, AUDITORS[1:3]))).status is SubmitStatus.INCLUDED


async def test_a_withdrawal_that_the_ledger_refuses_uses_the_channels_sequence_number():
    async with fast_ledger() as network:
        settings = await create(network)
        await network.fund(TRADER.address)
        prepared = await prepared_on(network, settings, amount=10**15)
        outcome = await network.submit(signed_by(settings, prepared, AUDITORS[:2]))
        assert (outcome.status, outcome.operation_codes) == (SubmitStatus.FAILED, ("op_underfunded",))
        [event] = await all_events(network, settings)
        assert (event.transaction, event.successful, event.sequence) == (
            prepared.transaction,
            False,
            prepared.sequence,
        )
        assert await check_vault(network, settings) == []


async def test_the_largest_constellation_fits():
    auditors = [key(300 + number) for number in range(19)]
    channels = [key(400 + number) for number in range(6)]
    assets = [
        AssetSettings(None, 1, 0),
        *(AssetSettings(CreditAsset(f"A{number}", ISSUER.public), 1, 0) for number in range(110)),
    ]
    vault_plan = plan(auditors=[auditor.public for auditor in auditors], assets=assets)
    async with fast_ledger() as network:
        settings = await create(network, vault_plan=vault_plan, channels=channels)
        assert await check_vault(network, settings) == []
        reader = TransactionReader(settings)
        [handover] = (await network.transactions(VAULT.address, settings.ledger_cursor, 10)).records
        assert reader.events(handover) == []
        for channel in settings.channels:
            address = encode_public_key(channel.account)
            page = await network.transactions(address, settings.ledger_cursor, 10)
            assert [reader.events(record) for record in page.records] == [[]] * len(page.records)


async def test_the_funder_can_be_given_test_money():
    async with fast_ledger() as network:
        with pytest.raises(BootstrapError, match="is not on the ledger"):
            await create(network, funder=OTHER)
        await create(network, funder=OTHER, fund=True)


async def test_an_existing_vault_is_refused_by_name():
    async with fast_ledger() as network:
        await create(network)
        with pytest.raises(BootstrapError, match=f"account {VAULT.address} exists already"):
            await create(network)


async def test_a_poor_funder_is_told_what_is_needed():
    async with fast_ledger() as network:
        await network.fund(OTHER.address)
        await send(network, OTHER, [Payment(FUNDER.address, LUMEN, "9995")])
        with pytest.raises(BootstrapError, match=r"needs 11\.5000000 lumens"):
            await create(network, funder=OTHER)


async def test_an_asset_without_issuer_fails_with_the_ledgers_word():
    missing = AssetSettings(CreditAsset("EUR", OTHER.public), 1, 0)
    async with fast_ledger() as network:
        with pytest.raises(BootstrapError, match="op_no_issuer"):
            await create(network, vault_plan=plan(assets=[AssetSettings(None, 1, 0), missing]))
        assert await network.account(VAULT.address) is None


async def test_an_invalid_plan_and_another_network_are_refused_before_anything_is_sent():
    async with fast_ledger() as network:
        with pytest.raises(ValueError, match="withdrawal_lifetime_s"):
            await create(network, vault_plan=plan(withdrawal_lifetime_s=1))
        with pytest.raises(NetworkMismatch):
            await create(network, vault_plan=plan(network_passphrase="Elsewhere"))
        assert await network.account(VAULT.address) is None


class Forgetful(HorizonNetwork):
    """Loses the answer to every first submission of a transaction, before or after it was taken."""

    def __init__(self, url: str, *, taken: bool) -> None:
        super().__init__(url)
        self.taken = taken
        self.seen: dict[str, int] = {}

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        self.seen[envelope_xdr] = self.seen.get(envelope_xdr, 0) + 1
        if self.seen[envelope_xdr] > 1:
            return await super().submit(envelope_xdr)
        if self.taken:
            await super().submit(envelope_xdr)
        return SubmitOutcome(SubmitStatus.UNKNOWN, detail="lost")


@pytest.mark.parametrize("taken", [True, False])
async def test_lost_answers_do_not_create_anything_twice(taken):
    async with fast_ledger() as network, Forgetful(network.url, taken=taken) as forgetful:
        settings = await create(forgetful)
        assert await check_vault(network, settings) == []
        assert set(forgetful.seen.values()) == {1 if taken else 2}


# --- check_vault ------------------------------------------------------------------------------------------------------


async def problems(network, settings, **changes):
    return await check_vault(network, replace(settings, **changes))


async def test_every_difference_from_the_settings_is_named():
    async with fast_ledger() as network:
        settings = await create(network)
        auditors = settings.auditors
        euro = AssetSettings(CreditAsset("EUR", ISSUER.public), 1, 0)
        found = await problems(network, settings, auditors=[*auditors[:2], AUDITORS[4].public])
        assert f"the vault lacks the signer {AUDITORS[4].address}" in found
        assert f"the vault has the signer {AUDITORS[2].address}, who is no auditor" in found
        assert f"channel {CHANNELS[1].address} lacks the signer {AUDITORS[4].address}" in found
        assert f"the vault's data entry {SETTINGS_DATA_NAME} is not the hash of these settings" in found
        found = await problems(network, settings, assets=[*settings.assets, euro])
        assert f"the vault has no trust line for EUR:{ISSUER.address}" in found
        found = await problems(network, settings, auditors=auditors[:1])
        assert "the vault has thresholds (2, 2, 2), a quorum is 1" in found
        found = await problems(network, settings, vault_reserve=settings.vault_reserve + 1)
        assert "the vault holds less than its reserve of 4.5000001 lumens" in found
        found = await problems(network, settings, transaction_fee=10**7 + 1)
        assert f"channel {CHANNELS[0].address} cannot pay the fee of a withdrawal: send it some lumens" in found
        ahead = [replace(channel, sequence=channel.sequence + 1) for channel in settings.channels]
        assert any("before the" in text for text in await problems(network, settings, channels=ahead))
        assert await problems(network, settings, network_passphrase="Elsewhere") == [
            f"the server is on network {PASSPHRASE!r}, the settings say 'Elsewhere'"
        ]


async def test_accounts_that_are_not_there_or_not_locked_are_named():
    async with fast_ledger() as network:
        settings = await create(network)
        channel = replace(settings.channels[0], account=OTHER.public)
        found = await problems(network, settings, vault=TRADER.public, channels=[channel])
        assert found == [
            f"the vault {TRADER.address} is not on the ledger",
            f"channel {OTHER.address} is not on the ledger",
        ]
        found = await problems(network, settings, vault=FUNDER.public)
        assert "the vault can still be moved by its master key" in found
