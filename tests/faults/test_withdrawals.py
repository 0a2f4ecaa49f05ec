"""Withdrawals of a living constellation while the ledger and its server do their worst: paid once, or given back."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from stellar_sdk import (
    Account,
    Asset,
    ChangeTrust,
    Keypair,
    ManageData,
    Payment,
    SetOptions,
    TransactionBuilder,
)
from stellar_sdk.operation import Operation

from constellation.node import task_signing as signing_module
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.sandbox import PASSPHRASE
from constellation.protocol.messages import Code, WithdrawalOutcome
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_muxed, encode_public_key
from constellation.sdk import ExchangeError, NotClosed, WithdrawalClosed
from constellation.stellarlink import DestinationChecker, SubmitOutcome
from constellation.stellarlink import submission_rules as rules_module
from constellation.stellarlink import task_guard as guard_module
from tests.faults.inprocess import InProcessSandbox
from tests.node.load import History, Trader, check_constellation, new_traders

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

_PATIENCE_S = 30.0
_LIFETIME_S = 300
_FRESH_S = 0.2


class Bank(InProcessSandbox):
    """A sandbox whose alpha has an account for fee bumps."""

    def _config(self, node: str, http_port: int) -> str:
        text = super()._config(node, http_port)
        bump = self.directory / "keys" / "bump.seed"
        return f'{text}fee_bump_key_file = "{bump}"\n' if node == "alpha" else text


@dataclass
class Stage:
    """A living constellation with a trader; each test leaves it healed."""

    sandbox: Bank
    traders: list[Trader]
    history: History

    @property
    def trader(self) -> Trader:
        return self.traders[0]

    async def on_ledger(self, owner: str | None = None) -> Decimal:
        """Dollars of the trader, or somebody, on the ledger."""
        account = await self.sandbox.network.account(owner or self.trader.key_pair.address)
        assert account is not None
        line = account.balance(self.sandbox.settings.assets[1].identity)
        return Decimal(line.amount if line else 0) / 10**7

    async def withdraw(self, amount: str = "0.5") -> int:
        """Ask for a withdrawal to the trader's own account; its number."""
        receipt = await self.trader.client.withdraw("USD", amount, self.trader.key_pair.address)
        self.trader.take(receipt)
        return receipt.apex

    async def closed(self, number: int, trader: Trader | None = None) -> WithdrawalOutcome:
        """What a withdrawal came to."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                for event in (trader or self.trader).events.values():
                    for effect in event.effects:
                        if isinstance(effect, WithdrawalClosed) and effect.withdrawal_id == number:
                            return effect.outcome
                await asyncio.sleep(0.02)

    async def task(self, **expected: Any) -> dict[str, Any]:
        """Alpha's word about its one open task, once it is this."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                tasks: list[dict[str, Any]] = []
                with suppress(aiohttp.ClientError):
                    tasks = (await self.sandbox.status("alpha"))["withdrawals"]  # type: ignore[assignment]
                if len(tasks) == 1 and all(tasks[0][name] == value for name, value in expected.items()):
                    return tasks[0]
                await asyncio.sleep(0.02)

    async def servers_are_well(self) -> None:
        """Wait until no auditor has to do without the ledger."""
        async with asyncio.timeout(_PATIENCE_S):
            for node in self.sandbox.auditors:
                while [item["state"] for item in (await self.sandbox.status(node))["stellar_servers"]] != ["ok"]:  # type: ignore[attr-defined]
                    await asyncio.sleep(0.02)

    async def metric(self, name: str) -> float:
        url = f"{self.sandbox.status_url('alpha')}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            lines = (await response.text()).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    async def expire(self) -> None:
        """Let the ledger's time pass the bounds of all that is on its way, and stand still until clocks are there."""
        self.sandbox.ledger_ahead_s = _LIFETIME_S + 2.0
        await self.sandbox.close_ledger(0)
        self.sandbox.ledger_ahead_s = 0.0
        await asyncio.sleep(3.0)

    async def sign_with(self, auditors: int, source: KeyPair | str, *operations: Operation) -> SubmitOutcome:
        """A transaction that a number of auditors sign behind the constellation's back."""
        address = source if isinstance(source, str) else source.address
        account = await self.sandbox.network.account(address)
        assert account is not None
        builder = TransactionBuilder(Account(address, account.sequence), PASSPHRASE, base_fee=100_000)
        for operation in operations:
            builder.append_operation(operation)
        envelope = builder.add_time_bounds(0, int(time.time()) + 600).build()
        signers = [self.sandbox.keys[name] for name in self.sandbox.auditors[:auditors]]
        for key_pair in signers if isinstance(source, str) else [*signers, source]:
            envelope.sign(Keypair.from_raw_ed25519_seed(key_pair.seed))
        return await self.sandbox.network.submit(envelope.to_xdr())

    async def check(self) -> None:
        """Everything is as it must be."""
        self.sandbox.faults.clear()
        await check_constellation(self.sandbox, self.traders, self.history)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    for module, name, seconds in [
        (rules_module, "REJECTED_RETRY_S", 1), (rules_module, "HELD_RETRY_S", 1), (rules_module, "STOPPED_LOOK_S", 1),
        (guard_module, "FRESH_S", _FRESH_S), (guard_module, "RETRY_S", 0.2), (signing_module, "RECHECK_S", 0.3),
    ]:  # fmt: skip
        patch.setattr(module, name, seconds)
    sandbox = Bank(tmp_path_factory.mktemp("withdrawals") / "sandbox", patch)
    keys = sandbox.directory / "keys"
    keys.mkdir(parents=True, mode=0o700)
    sandbox.keys["bump"] = new_key_pair()
    write_key_file(keys / "bump.seed", sandbox.keys["bump"])
    await sandbox.start(lambda _text: None)
    await sandbox.network.fund(sandbox.keys["bump"].address)
    traders = await new_traders(sandbox, 2, Random(7))
    yield Stage(sandbox, traders, History(sandbox))
    await asyncio.gather(*(trader.close() for trader in traders))
    await sandbox.stop()


@pytest.fixture(autouse=True)
def _no_faults_are_left(stage: Stage) -> Iterator[None]:
    yield
    stage.sandbox.faults.clear()


# --- answers that do not come -----------------------------------------------------------------------------------------

LOST = [
    {"fault": "timeout", "moment": "before"},
    {"fault": "timeout", "moment": "after"},
    {"fault": "timeout", "moment": "after", "times": 3},
    {"fault": "drop", "moment": "before", "method": "POST"},
    {"fault": "drop", "moment": "after", "method": "POST"},
    {"fault": "status", "moment": "after", "method": "POST", "status": 503},
    {"fault": "status", "moment": "before", "method": "POST", "status": 429, "retry_after_s": 1},
    {"fault": "status", "moment": "after", "method": "POST", "status": 400, "body": "html"},
    {"fault": "cut", "method": "POST"},
    {"fault": "undecodable", "method": "POST"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: " ".join(str(value) for value in fault.values()))
async def test_an_answer_that_is_lost_pays_once(stage: Stage, fault: dict[str, Any]) -> None:
    before = await stage.on_ledger()
    fault = dict(fault)
    stage.sandbox.faults.add(fault.pop("fault"), path="/transactions", **fault)
    number = await stage.withdraw()
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")


async def test_what_is_paid_and_not_known_is_found_by_its_hash(stage: Stage) -> None:
    before, submissions = await stage.on_ledger(), await stage.metric("constellation_vault_submissions_total")
    stage.sandbox.faults.add("timeout", moment="after")
    stage.sandbox.faults.add("status", path="/accounts/*/transactions", times=None)
    number = await stage.withdraw()
    task = await stage.task(state="settled")
    assert (task["kind"], task["number"], task["submissions"]) == ("withdrawal", number, 1)
    assert task["signatures"] >= 2
    assert task["last_outcome"].startswith("unknown")
    stage.sandbox.faults.clear()
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")
    assert await stage.metric("constellation_vault_submissions_total") == submissions + 1


async def test_an_alpha_that_starts_from_nothing_finds_what_the_one_before_it_paid(stage: Stage) -> None:
    sandbox, before = stage.sandbox, await stage.on_ledger()
    await stage.check()
    sandbox.faults.add("timeout", moment="after")
    sandbox.faults.add("status", path="/accounts/*/transactions", times=None)
    number = await stage.withdraw()
    await stage.task(state="settled")
    await sandbox.kill_node("alpha")
    shutil.rmtree(sandbox.data_directory("alpha"))
    await sandbox.start_node("alpha")
    task = await stage.task(state="settled")
    assert (task["number"], task["submissions"], task["last_outcome"]) == (number, 0, None)
    sandbox.faults.clear()
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")


# --- what the ledger refuses ------------------------------------------------------------------------------------------


async def test_a_payment_that_fails_is_given_back_and_the_next_one_is_paid(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unasked(*_args: object) -> None:
        return

    stranger = new_key_pair()
    await stage.sandbox.network.fund(stranger.address)
    with monkeypatch.context() as changed:
        changed.setattr(DestinationChecker, "check", unasked)  # the trust line was there when it was asked for
        receipt = await stage.trader.client.withdraw("USD", "0.5", stranger.address)
    stage.trader.take(receipt)
    assert await stage.closed(receipt.apex) is WithdrawalOutcome.FAILED
    before = await stage.on_ledger()
    for _ in stage.sandbox.settings.channels:
        assert await stage.closed(await stage.withdraw()) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == len(stage.sandbox.settings.channels) * Decimal("0.5")


async def test_what_no_ledger_took_in_time_is_given_back_and_can_be_asked_for_again(stage: Stage) -> None:
    before = await stage.on_ledger()
    stage.sandbox.faults.add("timeout", moment="before", times=None)
    number = await stage.withdraw()
    await stage.task(state="unknown")
    await stage.expire()
    assert await stage.closed(number) is WithdrawalOutcome.LAPSED
    stage.sandbox.faults.clear()
    assert await stage.closed(await stage.withdraw()) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")


async def test_a_number_that_somebody_else_has_used_stops_a_task_until_it_is_given_back(stage: Stage) -> None:
    before = await stage.on_ledger()
    await stage.check()
    unseen = stage.sandbox.faults.add("status", path="/accounts/*/transactions", times=None)
    channel = encode_public_key(stage.sandbox.settings.channels[0].account)
    nowhere = Payment(new_key_pair().address, Asset.native(), "0.1")
    outcome = await stage.sign_with(2, channel, nowhere)
    assert outcome.operation_codes == ("op_no_destination",)
    number = await stage.withdraw()
    task = await stage.task(state="stopped")
    assert task["channel"] == channel
    assert task["problem"] == f"another transaction has used sequence number {task['sequence']}"
    stage.sandbox.faults.remove(unseen)
    await stage.expire()
    assert await stage.closed(number) is WithdrawalOutcome.LAPSED
    assert await stage.closed(await stage.withdraw()) is WithdrawalOutcome.PAID
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")


async def test_signers_that_changed_hold_auditors_back_until_they_are_right_again(stage: Stage) -> None:
    before, sandbox = await stage.on_ledger(), stage.sandbox
    await stage.check()
    await stage.servers_are_well()
    channel = encode_public_key(sandbox.settings.channels[0].account)
    funder = sandbox.keys["funder"]
    raised = await stage.sign_with(2, funder, SetOptions(med_threshold=3, high_threshold=3, source=channel))
    assert raised.status.value == "included", raised
    await asyncio.sleep(_FRESH_S + 0.1)
    number = await stage.withdraw()
    async with asyncio.timeout(_PATIENCE_S):
        while not (held := (await sandbox.status("auditor-1"))["held_back"]):
            await asyncio.sleep(0.02)
    assert held[0]["number"] == number
    assert "the channel has thresholds (2, 3, 3), a quorum is 2" in held[0]["reason"]
    assert (await stage.task(state="signing"))["signatures"] == 0
    await stage.sign_with(3, funder, SetOptions(med_threshold=2, high_threshold=2, source=channel))
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    assert (await sandbox.status("auditor-1"))["held_back"] == []
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")


# --- fees -------------------------------------------------------------------------------------------------------------


async def fee_payers(stage: Stage) -> list[str]:
    """Sources of the transactions for which alpha's own account has paid."""
    page = await stage.sandbox.network.transactions(stage.sandbox.keys["bump"].address, 0, 200)
    return [record.source for record in page.records]


async def test_a_higher_fee_is_paid_by_alphas_own_account_with_the_same_signatures(stage: Stage) -> None:
    before, bumped = await stage.on_ledger(), len(await fee_payers(stage))
    await stage.check()
    stage.sandbox.ledger.upgrade(base_fee_stroops=30_000)
    await stage.sandbox.close_ledger(0)
    number = await stage.withdraw()
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    stage.sandbox.ledger.upgrade(base_fee_stroops=100)
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")
    channels = {encode_public_key(item.account) for item in stage.sandbox.settings.channels}
    [source] = (await fee_payers(stage))[bumped:]
    assert source in channels


async def test_what_others_outbid_is_replaced_by_a_higher_bid(stage: Stage) -> None:
    before, bumped = await stage.on_ledger(), len(await fee_payers(stage))
    await stage.check()
    sandbox, rival = stage.sandbox, new_key_pair()
    await sandbox.network.fund(rival.address)
    account = await sandbox.network.account(rival.address)
    assert account is not None
    source, stop = Account(rival.address, account.sequence), asyncio.Event()

    async def outbid() -> None:
        """Fill every ledger."""
        while not stop.is_set():
            builder = TransactionBuilder(source, PASSPHRASE, base_fee=20_000)
            for _ in range(2):
                builder.append_payment_op(rival.address, Asset.native(), "1")
            envelope = builder.add_time_bounds(0, int(time.time()) + 600).build()
            envelope.sign(Keypair.from_raw_ed25519_seed(rival.seed))
            sandbox.ledger.submit(envelope.to_xdr())
            ledger = sandbox.ledger.latest.sequence
            while sandbox.ledger.latest.sequence == ledger:
                await asyncio.sleep(0.001)

    sandbox.ledger.upgrade(capacity_operations=2)  # a fee bump counts as one
    rivalry = asyncio.create_task(outbid())
    await sandbox.close_ledger(1)
    sandbox.set_patience(0.4)
    try:
        assert await stage.closed(await stage.withdraw()) is WithdrawalOutcome.PAID
    finally:
        stop.set()
        await rivalry
        sandbox.set_patience(30.0)
        sandbox.ledger.upgrade(capacity_operations=1000)
    await stage.check()
    assert await stage.on_ledger() - before == Decimal("0.5")
    assert len(await fee_payers(stage)) == bumped + 1


# --- what is refused before it is ordered -----------------------------------------------------------------------------


async def refused(stage: Stage, destination: str, asset: str = "USD", amount: str = "0.5", **options: Any) -> Code:
    with pytest.raises(ExchangeError) as error:
        await stage.trader.client.withdraw(asset, amount, destination, **options)
    return error.value.code


async def test_destinations_that_cannot_receive(stage: Stage) -> None:
    sandbox, client = stage.sandbox, stage.trader.client
    nobody, stranger = new_key_pair(), new_key_pair()
    await sandbox.network.fund(stranger.address)
    assert await refused(stage, nobody.address, "XLM") is Code.DESTINATION_NOT_FOUND
    assert await refused(stage, nobody.address, "XLM", "0.9999999", create=True) is Code.BELOW_LEDGER_RESERVE
    assert await refused(stage, stranger.address, "XLM", "1", create=True) is Code.DESTINATION_EXISTS
    assert await refused(stage, stranger.address) is Code.DESTINATION_NO_TRUST
    assert await refused(stage, sandbox.vault_address) is Code.FORBIDDEN_DESTINATION
    await sandbox.submit(stranger, [ChangeTrust(sandbox.dollar, "0.4"), ManageData("config.memo_required", "1")])
    assert await refused(stage, stranger.address) is Code.MEMO_REQUIRED
    assert await refused(stage, stranger.address, memo=7) is Code.DESTINATION_LINE_FULL
    muxed = encode_muxed(stranger.public, 7)
    stage.trader.take(receipt := await client.withdraw("USD", "0.4", muxed))
    assert await stage.closed(receipt.apex) is WithdrawalOutcome.PAID
    assert await stage.on_ledger(stranger.address) == Decimal("0.4")
    stage.trader.take(receipt := await client.withdraw("XLM", "1", nobody.address, create=True))
    assert await stage.closed(receipt.apex) is WithdrawalOutcome.PAID
    await stage.check()


async def test_trading_goes_on_while_the_ledger_cannot_be_asked(stage: Stage) -> None:
    trader, other = stage.traders
    stage.sandbox.faults.add("status", path="/accounts/*", method="GET", times=None)
    asked_never_before = new_key_pair().address  # what was answered a moment ago is not asked again
    assert await refused(stage, asked_never_before) is Code.LEDGER_UNAVAILABLE
    for each in (trader, other):
        each.take(await each.client.pay(each.others[0].public, "XLM", "0.1"))
    stage.sandbox.faults.clear()
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            try:
                number = await stage.withdraw()
                break
            except ExchangeError as error:
                assert error.code is Code.LEDGER_UNAVAILABLE
                await asyncio.sleep(0.2)
    assert await stage.closed(number) is WithdrawalOutcome.PAID
    await stage.check()


# --- and at last ------------------------------------------------------------------------------------------------------


async def test_a_trader_leaves_with_everything(stage: Stage) -> None:
    leaver = stage.traders[1]
    stranger = new_key_pair()
    await stage.sandbox.network.fund(stranger.address)
    with pytest.raises(NotClosed, match="USD cannot be withdrawn: DESTINATION_NO_TRUST"):
        await leaver.client.withdraw_all(stranger.address)
    owned = (await leaver.client.account()).balances
    ledger = await stage.sandbox.network.account(leaver.key_pair.address)
    assert ledger is not None
    receipts = await leaver.client.withdraw_all(leaver.key_pair.address)
    for receipt in receipts:
        leaver.take(receipt)
    assert await stage.closed(receipts[-1].apex, leaver) is WithdrawalOutcome.PAID
    after = await stage.sandbox.network.account(leaver.key_pair.address)
    assert after is not None
    for number, name in enumerate(("XLM", "USD")):
        identity = stage.sandbox.settings.assets[number].identity
        lines = ledger.balance(identity), after.balance(identity)
        assert lines[0] is not None
        assert lines[1] is not None
        assert Decimal(lines[1].amount - lines[0].amount) / 10**7 == owned[name].total
    async with asyncio.timeout(_PATIENCE_S):
        while any(balance.total for balance in (await leaver.client.account()).balances.values()):
            await asyncio.sleep(0.05)
    await stage.check()
