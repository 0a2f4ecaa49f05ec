"""The JavaScript client against an alpha behind real sockets."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.protocol.wallet_message import wallet_digest
from constellation.sdk import Client
from tests.gateway.harness import ANNA, BERT, XLM, Alpha
from tests.gateway.live import LiveAlpha, live
from tests.web.driver import Big, Driver, SdkFailed, driver

pytestmark = pytest.mark.timeout(240)

FAST = {"backoffMs": 5, "backoffMaxMs": 20, "reconnectMs": 5000, "timeoutMs": 10_000}


async def connect(
    node: Driver, server: LiveAlpha, key_pair: KeyPair = ANNA, name: str = "anna", **options: object
) -> None:
    chosen = {"url": server.url, "settings": settings_to_json(server.alpha.settings), **FAST, **options}
    await node.call("connect", name, chosen, encode_seed(key_pair.seed))


@asynccontextmanager
async def connected(alpha: Alpha | None = None) -> AsyncIterator[tuple[Driver, LiveAlpha]]:
    """Anna's client in JavaScript, of an alpha at which she and Bert have money."""
    async with driver() as node, live(alpha or Alpha().fund(ANNA, BERT)) as server:
        await connect(node, server)
        yield node, server


async def test_it_trades_and_pays_and_all_of_it_is_final() -> None:
    async with connected() as (node, server):
        paid = await node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": "1.5", "memo": "hallo"})
        assert paid["effects"][0]["type"] == "payment_sent"
        final = await node.call("final", Big(paid["apex"]), 5000)
        assert final["batch"] == paid["batch"]
        assert len(final["auditors"]) >= 2
        order = {"market": "XLM/USD", "side": "sell", "price": "0.25", "amount": "10", "clientOrderId": "mine"}
        placed = await node.client("createOrder", order)
        async with Client(server.url, server.alpha.settings, BERT) as bert:
            fill = await bert.create_order("XLM/USD", "buy", "0.25", "4", "IOC")
            event = await node.call("next", "anna", "events")
            assert event["apex"] == fill.apex
            (trade,) = [effect for effect in event["effects"] if effect["type"] == "fill"]
            assert (trade["orderId"], trade["amount"], trade["maker"]) == (placed["apex"], "4.0000000", True)
        account = await node.client("account")
        assert [(item["remaining"], item["clientOrderId"]) for item in account["orders"]] == [("6.0000000", "mine")]
        changed = {"market": "XLM/USD", "order": "mine", "price": "0.25", "amount": "2"}
        await node.client("replaceOrder", changed)
        await node.client("cancelOrder", "mine")
        assert (await node.client("account"))["orders"] == []


async def test_it_sees_what_the_python_client_sees() -> None:
    async with connected() as (node, server), Client(server.url, server.alpha.settings, ANNA) as python:
        for price in ("0.24", "0.23", "0.22"):
            order = {"market": "XLM/USD", "side": "buy", "price": price, "amount": "3", "timeInForce": "GTC"}
            await node.client("createOrder", order)
        await node.client("createOrder", {"market": "XLM/USD", "side": "sell", "price": "0.3", "amount": "7"})
        here, there = await node.client("account"), await python.account()
        assert here["apex"] == there.apex
        assert {
            name: (item["total"], item["locked"], item["available"]) for name, item in here["balances"].items()
        } == {
            name: tuple(f"{figure:.7f}" for figure in (item.total, item.locked, item.available))
            for name, item in there.balances.items()
        }
        assert [(item["orderId"], item["remaining"]) for item in here["orders"]] == [
            (item.order_id, f"{item.remaining:.7f}") for item in there.orders
        ]
        book, known = await node.client("orderBook", "XLM/USD"), await python.order_book("XLM/USD")
        for side in ("bids", "asks"):
            assert [(line["price"], line["amount"], line["orders"]) for line in book[side]] == [
                (f"{line.price:.4f}", f"{line.amount:.7f}", line.orders) for line in getattr(known, side)
            ]


async def test_refusals_say_why_and_that_nothing_happened() -> None:
    async with connected() as (node, _):
        with pytest.raises(SdkFailed) as caught:
            await node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": "1000000"})
        error = caught.value.error
        assert (error["name"], error["code"], error["kind"]) == (
            "ExchangeError",
            "INSUFFICIENT_FUNDS",
            "InsufficientFunds",
        )
        assert (error["nothingHappened"], error["advice"]) == (True, "changed")
        with pytest.raises(SdkFailed, match=r"write amounts and prices as text or bigint"):
            await node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": 0.1})
        order = {"market": "XLM/USD", "side": "buy", "price": "0.2501", "amount": "1"}
        with pytest.raises(SdkFailed, match=r"no positive multiple of the tick \(XLM/USD: tick 0.0010"):
            await node.client("createOrder", order)


async def test_a_batch_has_a_receipt_for_each_operation() -> None:
    async with connected() as (node, _):
        batch = [
            {"type": "pay", "destination": BERT.address, "asset": "XLM", "amount": "1"},
            {"type": "cancel", "order": "nothing"},
            {"type": "limit", "market": "XLM/USD", "side": "buy", "price": "0.2", "amount": "1"},
        ]
        receipts = await node.client("submitBatch", batch)
        assert [item["refusal"] for item in receipts] == [None, "ORDER_NOT_FOUND", None]
        assert [item["apex"] for item in receipts] == list(range(receipts[0]["apex"], receipts[0]["apex"] + 3))
        with pytest.raises(SdkFailed) as caught:
            await node.client("submitBatch", batch, {"allOrNothing": True})
        assert caught.value.error["code"] == "ORDER_NOT_FOUND"


async def test_many_requests_at_once_keep_their_nonces_in_order() -> None:
    async with connected() as (node, server):
        await node.call("hesitate", 30)  # so long a key takes at most
        await connect(node, server, name="slow")
        pay = {"destination": BERT.address, "asset": "XLM", "amount": "0.1"}
        receipts = await asyncio.gather(*(node.client("pay", pay, name="slow") for _ in range(30)))
        apexes = [item["apex"] for item in receipts]
        assert apexes == sorted(apexes)


async def test_it_reconnects_and_is_told_what_was_missed() -> None:
    async with connected() as (node, server):
        event = asyncio.create_task(node.call("next", "anna", "events"))
        await server.stop()
        server.alpha.deposit(ANNA, XLM, 7 * ONE)
        server.alpha.settle()
        asked = asyncio.create_task(node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": "2"}))
        await asyncio.sleep(0.05)
        assert await node.client("state") == "connecting"
        await server.start()
        assert [effect["type"] for effect in (await event)["effects"]] == ["deposit_credited", "balance_changed"]
        receipt = await asked
        assert await node.client("reconnects") == 1
        await node.call("final", Big(receipt["apex"]), 5000)


async def test_a_request_without_an_answer_is_executed_once() -> None:
    async with connected() as (node, server):
        server.automatic = False
        await connect(node, server, BERT, "slow", timeoutMs=300)
        pay = {"destination": ANNA.address, "asset": "XLM", "amount": "5"}
        with pytest.raises(SdkFailed) as caught:
            await node.client("pay", pay, name="slow")
        error = caught.value.error
        assert (error["name"], error["nothingHappened"], error["advice"]) == ("OutcomeUnknown", False, "same_bytes")
        server.automatic = True
        server.alpha.settle()
        (first,) = await node.call("resend", "slow", error["request"])
        (again,) = await node.call("resend", "slow", error["request"])
        assert first["apex"] == again["apex"]


async def test_proofs_of_the_state() -> None:
    async with connected() as (node, server):
        placed = await node.client("createOrder", {"market": "XLM/USD", "side": "buy", "price": "0.2", "amount": "1"})
        waits = {
            "market": "XLM/USD",
            "side": "buy",
            "price": "0.3",
            "amount": "1",
            "trigger": "stop",
            "triggerPrice": "0.3",
        }
        armed = await node.client("createOrder", waits)
        server.alpha.deposit(BERT, XLM, ONE)
        server.alpha.settle(checkpoint=True)
        account = await node.client("proveAccount")
        assert account["value"]["balances"]["USD"]["locked"] == "0.5000000"
        assert len(account["auditors"]) >= 2
        resting = await node.client("proveOrder", Big(placed["apex"]))
        assert resting["value"]["remaining"] == "1.0000000"
        waiting = await node.client("proveArmedOrder", Big(armed["apex"]))
        assert [waiting["value"]] == (await node.client("account"))["armed"]
        totals = await node.client("proveTotals")
        assert totals["value"]["USD"] == "2000.0000000"


async def test_an_agent_of_a_wallets_account_trades() -> None:
    async with connected() as (node, server):
        agent = KeyPair(bytes(31) + b"\x05")
        await connect(node, server, agent, "agent")
        expires = Big(server.alpha.now_us + 3600 * 1_000_000)
        text = await node.call("walletAppointment", "agent", BERT.address, ["trade"], expires)
        digest = await node.call("walletDigest", text)
        await node.call("bring", "agent", text, b64encode(BERT.sign(digest)).decode())
        server.alpha.now_us += 1_000_000
        await connect(node, server, agent, "trader", account=BERT.address)
        order = {"market": "XLM/USD", "side": "buy", "price": "0.2", "amount": "1"}
        await node.client("createOrder", order, name="trader")
        with pytest.raises(SdkFailed) as caught:
            await node.client("pay", {"destination": ANNA.address, "asset": "XLM", "amount": "1"}, name="trader")
        assert caught.value.error["code"] == "NO_RIGHT"


async def test_an_agent_gets_its_account_a_number_by_a_wallet() -> None:
    async with connected() as (node, server):
        agent = KeyPair(bytes(31) + b"\x05")
        await node.client("appointAgent", agent.address, ["trade"], Big(server.alpha.now_us + 3600 * 1_000_000))
        server.alpha.now_us += 1_000_000
        await connect(node, server, agent, "agent", account=ANNA.address)
        for wrong in (Big(0), Big(2**64), "7"):
            with pytest.raises(SdkFailed, match="routing id"):
                await node.call("walletRouting", "agent", wrong)
        text = await node.call("walletRouting", "agent", Big(4711))
        assert "\nRegister routing id: 4711\n" in text
        forged = b64encode(agent.sign(wallet_digest(text))).decode()
        with pytest.raises(SdkFailed, match="signature"):
            await node.call("bring", "agent", text, forged)
        receipt = await node.call("bring", "agent", text, b64encode(ANNA.sign(wallet_digest(text))).decode())
        assert receipt["effects"] == [{"type": "routing_registered", "routingId": 4711}]
        server.alpha.now_us += 1_000_000
        again = await node.call("walletRouting", "agent")
        with pytest.raises(SdkFailed) as caught:
            await node.call("bring", "agent", again, b64encode(ANNA.sign(wallet_digest(again))).decode())
        assert caught.value.error["code"] == "ROUTING_ID_TAKEN"


async def test_an_agent_is_dismissed_by_a_wallet() -> None:
    async with connected() as (node, server):
        agent, other = KeyPair(bytes(31) + b"\x05"), KeyPair(bytes(31) + b"\x06")
        for key in (agent, other):
            await node.client("appointAgent", key.address, ["trade"], Big(server.alpha.now_us + 3600 * 1_000_000))
        server.alpha.now_us += 1_000_000
        await connect(node, server, agent, "agent", account=ANNA.address)
        with pytest.raises(SdkFailed, match="public key"):
            await node.call("walletDismissal", "agent", "GABC")
        for key in (other, agent):
            text = await node.call("walletDismissal", "agent", key.address)
            assert f"\nDismiss agent: {key.address}\n" in text
            forged = b64encode(agent.sign(wallet_digest(text))).decode()
            with pytest.raises(SdkFailed, match="signature"):
                await node.call("bring", "agent", text, forged)
            receipt = await node.call("bring", "agent", text, b64encode(ANNA.sign(wallet_digest(text))).decode())
            assert receipt["effects"] == [{"type": "agent_dismissed", "agent": key.address}]
        assert (await node.client("account"))["agents"] == []
