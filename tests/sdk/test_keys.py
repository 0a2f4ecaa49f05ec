"""Agents, rotation and locks through the client; and what docs/coding/keys.md shows."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stellar_sdk import Keypair

from constellation.protocol.messages import Payment
from constellation.sdk import (
    AgentAppointed,
    AgentDismissed,
    CancelAll,
    Client,
    ClientOptions,
    Code,
    ConnectionClosed,
    Exchange,
    ExchangeError,
    InvalidRequest,
    KeyPair,
    KeyRotated,
    LockChanged,
    OutcomeUnknown,
    Pay,
    RoutingRegistered,
)
from tests.gateway.harness import ANNA, BERT, Alpha, key
from tests.gateway.live import LiveAlpha, live

PAGE = (Path(__file__).parents[2] / "docs/coding/keys.md").read_text(encoding="utf-8")
FAST = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)
BOT, NEW = key("bot"), key("new key")
FAR = datetime(2100, 1, 31, tzinfo=UTC)
SECOND_US = 1_000_000


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        settle = server.alpha.on_submit

        def pass_time() -> None:
            server.alpha.now_us += 1_000
            settle()

        server.alpha.on_submit = pass_time
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with connect(server, ANNA) as client:
        yield client


def connect(server: LiveAlpha, key_pair: KeyPair, account: KeyPair | None = None) -> Client:
    return Client(
        server.url, server.alpha.settings, key_pair, FAST, account=None if account is None else account.address
    )


async def refused(code: Code, awaitable: Any) -> None:
    with pytest.raises(ExchangeError) as caught:
        await awaitable
    assert caught.value.code is code


async def closed(code: Code, client: Client) -> None:
    with pytest.raises(ConnectionClosed) as caught:
        async with client:
            await client.account()
    assert caught.value.code is code


@pytest.fixture
def page() -> dict[str, Any]:
    names: dict[str, Any] = {
        "datetime": datetime,
        "timedelta": timedelta,
        "UTC": UTC,
        "Client": Client,
        "Exchange": Exchange,
    }
    for block in PAGE.split("```python\n")[1:]:
        exec(block.split("```")[0], names)
    return names


@pytest.mark.executes("docs/coding/keys.md", python=6)
class TestPage:
    async def test_agents(self, server: LiveAlpha, page: dict[str, Any]) -> None:
        server.alpha.now_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        async with connect(server, ANNA) as anna:
            assert await page["appoint"](anna, BOT.address) == [(BOT.address, ("trade",))]
            order_id = await page["trade"](server.url, server.alpha.settings, BOT, anna.address)
            assert [order.order_id for order in (await anna.account()).orders] == [order_id]

    async def test_an_agent_of_an_exchange(self, server: LiveAlpha, page: dict[str, Any]) -> None:
        server.alpha.now_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        async with Exchange(server.url, server.alpha.settings, ANNA, options=FAST) as exchange:
            assert await page["run_bot"](exchange, server.url, server.alpha.settings, BOT) == ("open", ())

    async def test_a_wallet(self, server: LiveAlpha, anna: Client, page: dict[str, Any]) -> None:
        async def sign(text: str) -> str:
            return b64encode(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(text)).decode()

        async with connect(server, BOT) as bot:
            text = await page["ask_owner"](bot, ANNA.address, sign, datetime(2030, 1, 31, tzinfo=UTC))
        shown = PAGE.split("```\nConstellation")[1].split("```")[0].strip().splitlines()
        lines = text.splitlines()
        assert [line.split(":")[0] for line in lines[1:]] == [line.split(":")[0] for line in shown[1:]]
        assert lines[3:5] == shown[3:5]
        assert [agent.address for agent in (await anna.account()).agents] == [BOT.address]

    async def test_a_wallet_and_a_number(self, server: LiveAlpha, anna: Client, page: dict[str, Any]) -> None:
        async def sign(text: str) -> str:
            shown = PAGE.split("```\nConstellation")[2].split("```")[0].strip().splitlines()
            assert [line.split(":")[0] for line in text.splitlines()[1:]] == [line.split(":")[0] for line in shown[1:]]
            return b64encode(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(text)).decode()

        await anna.appoint_agent(BOT.public, ["trade"], FAR)
        server.alpha.now_us += SECOND_US
        async with connect(server, BOT, ANNA) as bot:
            number = await page["ask_for_number"](bot, sign)
        assert server.alpha.machine.state.vault.routes[number].key == ANNA.public

    async def test_rotation(self, server: LiveAlpha, page: dict[str, Any]) -> None:
        async with connect(server, ANNA) as anna:
            assert await page["rotate"](anna, NEW, server.url, server.alpha.settings) == NEW.address

    async def test_locks(self, anna: Client, page: dict[str, Any]) -> None:
        until = 1_000 + (await anna.appoint_agent(BOT.address, ["pay"], FAR)).timestamp
        assert await page["lock"](anna, until) == ("payments", "withdrawals")

    def test_its_codes_exist(self) -> None:
        named = {word for word in PAGE.split("`") if word.isupper() and "_" in word}
        assert named
        assert named <= {code.name for code in Code}


async def test_an_agent_does_what_its_rights_say_and_sees_the_account(server: LiveAlpha, anna: Client) -> None:
    await anna.appoint_agent(BOT.public, ["trade", "pay"], FAR)
    async with connect(server, BOT, ANNA) as bot:
        assert (bot.address, bot.signer) == (ANNA.address, BOT.address)
        await bot.create_order("XLM/USD", "sell", "0.2", "5")
        receipt = await bot.pay(BERT.address, "USD", 1)
        assert receipt.request.request.signer == BOT.public
        await receipt.final(timeout=2)
        await refused(Code.NO_RIGHT, bot.withdraw("USD", 1, ANNA.address))
        await refused(Code.OWNER_ONLY, bot.lock([]))
        await refused(Code.OWNER_ONLY, bot.rotate_key(NEW))
        view = await bot.account()
        assert view == await anna.account()
        assert (view.owner, view.agents[0].rights, view.lock) == (ANNA.address, ("trade", "pay"), None)
        first, second = await bot.submit_batch([Pay(BERT.address, "USD", 1), CancelAll()])
        assert (first.refusal, second.refusal) == (None, None)


async def test_strangers_cannot_open_a_session(server: LiveAlpha, anna: Client) -> None:
    await closed(Code.UNKNOWN_SIGNER, connect(server, BOT, ANNA))
    await closed(Code.UNKNOWN_SIGNER, connect(server, BOT, key("nobody")))
    assert (await anna.account()).exists


async def test_a_dismissed_agents_session_ends(server: LiveAlpha, anna: Client) -> None:
    await anna.appoint_agent(BOT.public, ["trade"], FAR)
    async with connect(server, BOT, ANNA) as bot:
        assert (await bot.account()).exists
        receipt = await anna.dismiss_agent(BOT.address)
        assert AgentDismissed(BOT.address) in receipt.effects
        with pytest.raises(ConnectionClosed, match="UNKNOWN_SIGNER"):
            await bot.account()


async def test_an_expired_agents_session_ends(server: LiveAlpha, anna: Client) -> None:
    await anna.appoint_agent(BOT.public, ["trade"], server.alpha.now_us + 1_000_000)
    async with connect(server, BOT, ANNA) as bot:
        assert (await bot.account()).exists
        server.alpha.now_us += 1_000_000
        with pytest.raises(ConnectionClosed, match="AGENT_EXPIRED"):
            await bot.account()
    await closed(Code.AGENT_EXPIRED, connect(server, BOT, ANNA))


async def test_a_rotation_becomes_final_before_the_old_session_ends(server: LiveAlpha) -> None:
    async with connect(server, ANNA) as old:
        receipt = await old.rotate_key(NEW)
        assert KeyRotated(NEW.address) in receipt.effects
        await receipt.final(timeout=2)
    await closed(Code.UNKNOWN_SIGNER, connect(server, ANNA))
    await closed(Code.UNKNOWN_SIGNER, connect(server, ANNA, ANNA))
    async with connect(server, NEW, ANNA) as new:
        await new.pay(BERT.address, "USD", 1)
        server.alpha.settle(checkpoint=True)
        await new.rotate_key(ANNA)
    async with connect(server, ANNA, ANNA) as again:
        await again.pay(BERT.address, "USD", 1)


async def test_keys_are_proven(server: LiveAlpha, anna: Client) -> None:
    await anna.appoint_agent(BOT.public, ["withdraw"], FAR)
    await anna.lock(["trading"])
    server.automatic = False
    paid = server.alpha.request(BERT, Payment(ANNA.public, 1, 1), 1)
    server.alpha.execute(paid)
    server.alpha.settle(checkpoint=True)
    proven = await anna.prove_account()
    assert proven.value is not None
    assert [agent.address for agent in proven.value.agents] == [BOT.address]
    assert proven.value.lock is not None
    assert proven.value.lock.locks == ("trading",)
    assert proven.value.owner == ANNA.address


async def test_a_lock(anna: Client) -> None:
    assert LockChanged(("payments",), None) in (await anna.lock(["payments"])).effects
    await refused(Code.ACCOUNT_LOCKED, anna.pay(BERT.address, "USD", 1))
    await anna.lock([])
    await anna.pay(BERT.address, "USD", 1)


class TestWallet:
    async def test_nobody_brings_what_is_not_his(self, server: LiveAlpha) -> None:
        async with connect(server, BOT) as bot, connect(server, BERT) as bert:
            wanted = bot.wallet_appointment(ANNA.address, ["trade"], FAR)
            signed = wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text))
            await refused(Code.FOREIGN_ACCOUNT, bert.bring(signed))
            await bot.bring(signed)
            receipt = await bot.bring(signed)
            assert receipt.request.request.account == ANNA.public
            await receipt.final(timeout=2)

    async def test_a_bad_signature_is_found_before_it_is_sent(self, server: LiveAlpha) -> None:
        async with connect(server, BOT) as bot:
            wanted = bot.wallet_appointment(ANNA.address, ["trade"], FAR)
            for signature in (bytes(64), bytes(3), "no base64", Keypair.random().sign_message(wanted.text)):
                with pytest.raises(InvalidRequest, match="signature"):
                    wanted.signed(signature)

    @pytest.mark.parametrize("is_asked_again", [False, True])
    async def test_an_answer_that_comes_too_late_is_taken(self, server: LiveAlpha, is_asked_again: bool) -> None:
        hasty = ClientOptions(timeout_s=0.3)
        async with Client(server.url, server.alpha.settings, BOT, hasty) as bot:
            wanted = bot.wallet_appointment(ANNA.address, ["trade"], FAR)
            server.automatic = False
            with pytest.raises(OutcomeUnknown) as unknown:
                await bot.bring(wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text)))
            asking = asyncio.create_task(unknown.value.retry()) if is_asked_again else None
            await asyncio.sleep(0.05)
            server.automatic = True
            server.alpha.settle()
            receipt = await (asking or unknown.value.retry())
            assert [type(effect) for effect in receipt.effects] == [AgentAppointed]
            assert not (await bot.account()).exists

    async def test_it_is_not_taken_for_another_owner(self, server: LiveAlpha, anna: Client) -> None:
        await anna.rotate_key(NEW)
        async with connect(server, BOT) as bot:
            wanted = bot.wallet_appointment(ANNA.address, ["trade"], FAR)
            old = wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text))
            await refused(Code.UNKNOWN_SIGNER, bot.bring(old))
            server.alpha.now_us += 10_000_000
            wanted = bot.wallet_appointment(ANNA.address, ["trade"], FAR, owner=NEW.address)
            await bot.bring(wanted.signed(Keypair.from_raw_ed25519_seed(NEW.seed).sign_message(wanted.text)))


class TestRoutingByWallet:
    async def test_an_agent_gets_its_account_one(self, server: LiveAlpha, anna: Client) -> None:
        await anna.appoint_agent(BOT.public, ["trade"], FAR)
        server.alpha.now_us += SECOND_US
        async with connect(server, BOT, ANNA) as bot:
            wanted = bot.wallet_routing(4711)
            assert "\nRegister routing id: 4711\n" in wanted.text
            signed = wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text))
            receipt = await bot.bring(signed)
            assert receipt.effects == (RoutingRegistered(4711),)
            await receipt.final(timeout=2)
            assert (await bot.bring(signed)).apex == receipt.apex
            server.alpha.now_us += SECOND_US
            again = bot.wallet_routing()
            taken = again.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(again.text))
            await refused(Code.ROUTING_ID_TAKEN, bot.bring(taken))

    async def test_an_agents_signature_is_none_of_the_owners(self, server: LiveAlpha, anna: Client) -> None:
        await anna.appoint_agent(BOT.public, ["trade", "pay", "withdraw"], FAR)
        async with connect(server, BOT, ANNA) as bot:
            wanted = bot.wallet_routing()
            with pytest.raises(InvalidRequest, match="signature"):
                wanted.signed(Keypair.from_raw_ed25519_seed(BOT.seed).sign_message(wanted.text))
            named = bot.wallet_routing(owner=BOT.address)
            server.alpha.now_us += SECOND_US
            signed = named.signed(Keypair.from_raw_ed25519_seed(BOT.seed).sign_message(named.text))
            await refused(Code.OWNER_ONLY, bot.bring(signed))

    async def test_the_owner_of_a_rotated_account_is_named(self, server: LiveAlpha, anna: Client) -> None:
        await anna.rotate_key(NEW)
        async with connect(server, NEW, ANNA) as owner:
            wanted = owner.wallet_routing(4711, owner=NEW.address)
            server.alpha.now_us += SECOND_US
            receipt = await owner.bring(
                wanted.signed(Keypair.from_raw_ed25519_seed(NEW.seed).sign_message(wanted.text))
            )
            assert receipt.effects == (RoutingRegistered(4711),)

    @pytest.mark.parametrize("number", [0, 2**64, True, "7"])
    async def test_a_number_is_checked_before_it_is_signed(self, anna: Client, number: Any) -> None:
        with pytest.raises(InvalidRequest, match="routing id"):
            anna.wallet_routing(number)


class TestDismissalByWallet:
    async def test_an_agent_brings_that_of_another(self, server: LiveAlpha, anna: Client) -> None:
        for agent in (BOT, NEW):
            await anna.appoint_agent(agent.public, ["trade"], FAR)
        server.alpha.now_us += SECOND_US
        async with connect(server, BOT, ANNA) as bot:
            wanted = bot.wallet_dismissal(NEW.address)
            assert f"\nDismiss agent: {NEW.address}\n" in wanted.text
            receipt = await bot.bring(wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text)))
            assert receipt.effects == (AgentDismissed(NEW.address),)
            assert [agent.address for agent in (await bot.account()).agents] == [BOT.address]
            forged = bot.wallet_dismissal(BOT.address)
            with pytest.raises(InvalidRequest, match="signature"):
                forged.signed(Keypair.from_raw_ed25519_seed(BOT.seed).sign_message(forged.text))

    async def test_an_agent_brings_its_own(self, server: LiveAlpha, anna: Client) -> None:
        await anna.appoint_agent(BOT.public, ["trade"], FAR)
        server.alpha.now_us += SECOND_US
        async with connect(server, BOT, ANNA) as bot:
            wanted = bot.wallet_dismissal(BOT.public)
            receipt = await bot.bring(wanted.signed(Keypair.from_raw_ed25519_seed(ANNA.seed).sign_message(wanted.text)))
            assert receipt.effects == (AgentDismissed(BOT.address),)
            with pytest.raises(ConnectionClosed, match="UNKNOWN_SIGNER"):
                await bot.create_order("XLM/USD", "sell", "0.2", "10")
        assert (await anna.account()).agents == ()

    async def test_the_owner_of_a_rotated_account_is_named(self, server: LiveAlpha, anna: Client) -> None:
        await anna.rotate_key(NEW)
        async with connect(server, NEW, ANNA) as owner:
            server.alpha.now_us += SECOND_US
            await owner.appoint_agent(BOT.public, ["trade"], FAR)
            server.alpha.now_us += SECOND_US
            wanted = owner.wallet_dismissal(BOT.address, owner=NEW.address)
            await owner.bring(wanted.signed(Keypair.from_raw_ed25519_seed(NEW.seed).sign_message(wanted.text)))
            assert (await owner.account()).agents == ()

    async def test_an_address_is_checked_before_it_is_signed(self, anna: Client) -> None:
        with pytest.raises(InvalidRequest):
            anna.wallet_dismissal("GABC")


@pytest.mark.parametrize("rights", [[], ["fly"], "trade"])
async def test_rights_are_checked_before_they_are_sent(anna: Client, rights: Any) -> None:
    with pytest.raises(InvalidRequest):
        await anna.appoint_agent(BOT.address, rights, FAR)


@pytest.mark.parametrize("expires_at", [None, datetime(2030, 1, 1), "soon"])
async def test_an_expiry_needs_its_zone(anna: Client, expires_at: Any) -> None:
    with pytest.raises(InvalidRequest):
        await anna.appoint_agent(BOT.address, ["trade"], expires_at)
