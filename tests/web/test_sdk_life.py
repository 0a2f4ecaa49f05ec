"""A JavaScript client through everything that can happen to its connection, to alpha and to the settings."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.messages import Acknowledgement, ClientMessage, Code
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.protocol.wallet_message import wallet_digest
from tests.gateway.harness import ALPHA, ANNA, BERT, USD, XLM, Alpha, key
from tests.gateway.live import LiveAlpha, live
from tests.marketdata.feed import Proxy
from tests.sdk.test_catch_up import deposits
from tests.sdk.test_client import drop_before
from tests.sdk.test_directory import auditor
from tests.sdk.test_moving import CONSTELLATION, OF_THE_KEY, SECOND, SETTINGS, appointment, place
from tests.sdk.test_settings_keeper import decide, with_fewer_orders, with_pounds
from tests.web.driver import Big, Driver, SdkFailed, driver
from tests.web.proxy import proxy

pytestmark = pytest.mark.timeout(240)

FAST = {"backoffMs": 5, "backoffMaxMs": 20, "reconnectMs": 5000, "timeoutMs": 10_000}
PAY = {"destination": BERT.address, "asset": "XLM", "amount": "1"}
_SECONDS = 20


@pytest.fixture
async def node() -> AsyncIterator[Driver]:
    async with driver() as found:
        yield found


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as found:
        yield found


async def connect(node: Driver, url: str, name: str = "anna", **options: Any) -> None:
    chosen = {"url": url, "settings": settings_to_json(SETTINGS), **FAST, **options}
    await node.call("connect", name, chosen, encode_seed(ANNA.seed))


async def failure(node: Driver, url: str, **options: Any) -> SdkFailed:
    with pytest.raises(SdkFailed) as caught:
        await connect(node, url, **({"reconnectMs": 500} | options))
    return caught.value


async def next_event(node: Driver, name: str = "anna") -> Any:
    return await node.call("next", name, "events")


async def test_connections_that_break_again_and_again_lose_nothing_and_repeat_nothing(
    node: Driver, server: LiveAlpha
) -> None:
    seen: list[int] = []
    own: list[int] = []

    async def watch() -> None:
        while True:
            event = await next_event(node)
            seen.extend(range(event["firstNumber"], event["lastNumber"] + 1))

    await connect(node, server.url, after=Big(0))
    watching = asyncio.create_task(watch())
    for number in range(30):
        server.alpha.deposit(ANNA, USD, ONE)
        server.alpha.settle()
        if number % 4 == 0:
            receipt = await node.client("pay", PAY)
            own.extend(range(receipt["firstNumber"], receipt["lastNumber"] + 1))
        if number % 3 == 0:
            for session in list(server.alpha.front._sessions.values()):
                session.close(Code.SLOW_READER, "cut by the test")
        if number % 10 == 9:
            await server.stop()
            server.alpha.restart()
            await server.start()
        await asyncio.sleep(0)
    last = server.alpha.machine.state.vault.accounts[ANNA.public].effect_number
    async with asyncio.timeout(_SECONDS):
        while len(seen) + len(own) < last:
            await asyncio.sleep(0.01)
    watching.cancel()
    assert seen == sorted(seen)
    assert sorted(seen + own) == list(range(1, last + 1))
    assert await node.client("reconnects") > 3


async def test_a_program_that_was_restarted_goes_on_from_its_number(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url, after=Big(3))
    assert (await next_event(node))["firstNumber"] == 4
    last = (await next_event(node))["lastNumber"]
    server.alpha.deposit(ANNA, USD, ONE)
    server.alpha.settle()
    await connect(node, server.url, "again", after=Big(last))
    assert (await next_event(node, "again"))["firstNumber"] == last + 1
    error = (await failure(node, server.url, after=Big(1000))).error
    assert (error["name"], error["code"]) == ("ExchangeError", "AHEAD")


@pytest.mark.parametrize("room", [10_000, 2])
async def test_who_observes_is_told_what_has_come_before(node: Driver, server: LiveAlpha, room: int) -> None:
    deposits(server.alpha, 4)
    await connect(node, server.url, after=Big(0), events=room)
    await node.call("observe", "anna")
    deposits(server.alpha, 4)
    last = server.alpha.machine.state.vault.accounts[ANNA.public].effect_number
    async with asyncio.timeout(_SECONDS):
        while (told := await node.call("observed", "anna"))[-1:] != [last]:
            await asyncio.sleep(0.02)
    numbers = [number for first, end in zip(told[::2], told[1::2], strict=True) for number in range(first, end + 1)]
    assert numbers == [*range(1, last + 1)]


async def test_pruned_events_are_a_gap(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    await server.stop()
    server.alpha.deposit(ANNA, USD, ONE)
    server.alpha.settle()
    with server.alpha.log.log.engine.begin() as connection:
        drop_before(connection, 3)
    await server.start()
    assert await next_event(node) == {"gap": [8, 9]}


async def test_what_was_acknowledged_and_lost_stops_the_client(node: Driver, server: LiveAlpha) -> None:
    twin = Alpha().fund(ANNA, BERT)
    twin.epoch = 2
    await connect(node, server.url)
    server.automatic = False
    deposits(server.alpha, 1, final=False)
    event = await next_event(node)
    await server.stop()
    deposits(twin, 2)
    server.alpha = twin
    twin.on_submit = lambda: None
    await server.start()
    for call in (next_event(node), node.call("final", Big(event["apex"]), 1000), node.client("account")):
        with pytest.raises(SdkFailed, match="was acknowledged and lost") as caught:
            await call
        assert caught.value.name == "HistoryReplaced"


async def test_a_connection_that_falls_silent_is_left_and_a_quiet_one_is_kept(node: Driver, server: LiveAlpha) -> None:
    async with Proxy(server.port) as between:
        url = f"ws://127.0.0.1:{between.port}"
        await connect(node, url, quietMs=700)
        await asyncio.sleep(2)
        assert between.accepted == 1  # it has asked, and was answered
        between.is_silent = True
        async with asyncio.timeout(_SECONDS):
            while between.accepted < 2:
                await asyncio.sleep(0.02)
        between.is_silent = False
        between.cut()
        await node.client("pay", PAY)
        assert await node.client("reconnects") >= 1


async def test_a_page_that_sleeps_does_not_take_its_own_silence_for_alphas(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url, quietMs=700)
    for _ in range(3):
        await node.call("freeze", "anna", 1500)
        await asyncio.sleep(0.3)
    assert await node.client("reconnects") == 0


@pytest.mark.parametrize("known", [False, True], ids=["never shown", "shown before"])
async def test_what_a_replay_leaves_out_is_named(node: Driver, server: LiveAlpha, known: bool) -> None:
    drops = False

    def leave_out(message: ClientMessage) -> ClientMessage | None:
        return None if drops and isinstance(message, Acknowledgement) else message

    server.automatic = False
    async with proxy(server.url, leave_out) as url:
        await connect(node, url)
        if known:
            deposits(server.alpha, 1, final=False)
            await next_event(node)
        drops = True
        await server.stop()
        if not known:
            deposits(server.alpha, 1, final=False)
        await server.start()
        with pytest.raises(SdkFailed, match="alpha left out the effect") as caught:
            await next_event(node)
    assert caught.value.name == "VerificationFailed"
    assert ("which it has shown before" in caught.value.error["message"]) is known


async def test_what_becomes_final_while_the_client_is_away_is_final_for_it_too(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    server.automatic = False
    paying = asyncio.create_task(node.client("pay", PAY))
    async with asyncio.timeout(_SECONDS):
        while not server.alpha.executed:
            await asyncio.sleep(0.01)
    server.alpha.acknowledge()
    receipt = await paying
    final = asyncio.create_task(node.call("final", Big(receipt["apex"]), 20_000))
    await server.stop()
    server.alpha.certify()
    await server.start()
    assert (await final)["batch"] == receipt["batch"]


async def test_what_was_brought_for_another_account_becomes_final_while_the_client_is_away(
    node: Driver, server: LiveAlpha
) -> None:
    """Its effects are the other account's: no replay shows them, so it is asked for once more."""
    await connect(node, server.url)
    text = await node.call("walletAppointment", "anna", BERT.address, ["trade"], Big(server.alpha.now_us + 10**9))
    signature = b64encode(BERT.sign(wallet_digest(text))).decode()
    server.automatic = False
    bringing = asyncio.create_task(node.call("bring", "anna", text, signature))
    async with asyncio.timeout(_SECONDS):
        while not server.alpha.executed:
            await asyncio.sleep(0.01)
    server.alpha.acknowledge()
    receipt = await bringing
    final = asyncio.create_task(node.call("final", Big(receipt["apex"]), 20_000))
    await server.stop()
    server.alpha.certify()
    await server.start()
    assert (await final)["batch"] == receipt["batch"]


async def test_settings_are_taken_by_proof_and_named_at_once(node: Driver, server: LiveAlpha) -> None:
    alpha = server.alpha
    decide(alpha, with_pounds(alpha.settings))
    alpha.settle(checkpoint=True)
    await connect(node, server.url)
    assert await node.client("assets") == ["XLM", "USD", "EUR", "GBP"]
    assert await node.client("settingsVersion") == 1
    decide(alpha, with_fewer_orders(with_pounds(alpha.settings), 2))
    alpha.settle(checkpoint=True)
    async with asyncio.timeout(_SECONDS):
        while await node.client("settingsVersion") < 2:
            await asyncio.sleep(0.05)


async def test_an_expired_request_is_refused_and_nothing_happened(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    server.alpha.now_us += 3600 * 1_000_000
    with pytest.raises(SdkFailed) as caught:
        await node.client("pay", PAY)
    error = caught.value.error
    assert (error["code"], error["kind"], error["nothingHappened"]) == ("EXPIRED", "InvalidNonce", True)


async def test_it_gives_up_in_the_end_and_says_what_is_certain(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url, reconnectMs=300)
    await server.stop()
    with pytest.raises(SdkFailed) as caught:
        await node.client("pay", PAY)
    assert (caught.value.name, caught.value.error["nothingHappened"]) == ("ConnectionClosed", True)
    assert await node.client("state") == "closed"
    assert (await failure(node, server.url)).name == "ConnectionClosed"
    assert (await failure(node, "no address")).name == "ConnectionClosed"


async def test_halted_alpha_is_not_tried_again(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    await server.stop(Code.HALTED, "a fault")
    async with asyncio.timeout(_SECONDS):
        while await node.client("state") != "closed":
            await asyncio.sleep(0.02)
    with pytest.raises(SdkFailed) as caught:
        await node.client("account")
    assert caught.value.error["code"] == "HALTED"


async def test_a_clock_that_is_far_ahead_ends_the_client_and_is_named(node: Driver, server: LiveAlpha) -> None:
    server.alpha.now_us = time.time_ns() // 1000
    await connect(node, server.url)
    server.alpha.now_us += 3_600_000_000
    deposits(server.alpha, 1)
    async with asyncio.timeout(_SECONDS):
        while await node.client("state") != "closed":
            await asyncio.sleep(0.02)
    with pytest.raises(SdkFailed, match=r"alpha's clock says .* UTC and this computer's .* UTC: more than 300 seconds"):
        await node.client("pay", PAY)
    assert (await failure(node, server.url)).name == "ClocksDiffer"
    await connect(node, server.url, "patient", clockAheadMaxMs=7_200_000)
    await node.client("pay", PAY, name="patient")
    server.alpha.now_us = 2**63 - 1
    assert f"{2**63 - 1} microseconds since 1970" in str(await failure(node, server.url))


async def test_keys_locks_holds_and_sub_accounts(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    later = Big(server.alpha.now_us + 3600 * 1_000_000)
    await node.client("openSubAccount", 1, "5")
    address = await node.client("subAccountAddress", 1)
    assert (await node.client("account", 1))["address"] == address
    await connect(node, server.url, "sub", subAccount=1)
    assert (await node.client("account", name="sub"))["parent"] == ANNA.address
    await node.client("mergeSubAccount", 1)
    hold = await node.client(
        "openHold", {"beneficiary": BERT.address, "asset": "USD", "amount": "2", "expiresAt": later}
    )
    assert [item["holdId"] for item in (await node.client("account"))["holds"]] == [hold["apex"]]
    assert (await node.client("registerRouting")) > 10**12
    await node.client("lock", ["payments"])
    with pytest.raises(SdkFailed) as caught:
        await node.client("pay", PAY)
    assert caught.value.error["code"] == "ACCOUNT_LOCKED"
    await node.client("lock", [])
    withdrawn = await node.client(
        "withdraw", {"asset": "XLM", "amount": "2", "destination": BERT.address, "memo": Big(7)}
    )
    assert withdrawn["effects"][0]["type"] == "withdrawal_accepted"


async def test_a_rotated_key_owns_the_account(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    owner = key("new owner")
    server.alpha.now_us += 1_000_000
    await node.call("rotate", "anna", encode_seed(owner.seed))
    server.alpha.now_us += 120 * 1_000_000
    options = {"url": server.url, "settings": settings_to_json(SETTINGS), "account": ANNA.address, **FAST}
    await node.call("connect", "owner", options, encode_seed(owner.seed))
    assert (await node.client("account", name="owner"))["owner"] == owner.address
    await node.client("pay", PAY, name="owner")


@pytest.mark.parametrize("proves", [False, True])
async def test_the_auditors_are_heard_whatever_an_old_alpha_says(node: Driver, proves: bool) -> None:
    async with place(ALPHA if proves else None) as old, place() as new:
        document = json.dumps({"appointments": appointments_to_json(CONSTELLATION, [appointment(new.url)])})
        async with auditor(document) as honest:
            await failure(node, old.url, auditorUrls=[honest])
    assert old.visits == 1
    assert new.visits >= 1


@pytest.mark.parametrize("code", OF_THE_KEY)
async def test_what_is_said_of_the_key_without_a_proof_does_not_end_the_client(
    node: Driver, server: LiveAlpha, code: Code
) -> None:
    await connect(node, server.url, reconnectMs=10_000)
    await server.stop()
    async with place(port=server.port) as stranger:
        stranger.closing.code = code
        async with asyncio.timeout(_SECONDS):
            while stranger.visits < 3:
                await asyncio.sleep(0.01)
    await server.start()
    await node.client("pay", PAY)


@pytest.mark.parametrize("proves", [False, True])
async def test_an_error_says_whether_alpha_has_closed(node: Driver, proves: bool) -> None:
    async with place(ALPHA if proves else None) as somebody:
        somebody.closing.code = Code.UNKNOWN_SIGNER
        error = (await failure(node, somebody.url)).error
    assert (error["code"], error["isProven"]) == ("UNKNOWN_SIGNER", proves)


async def test_moved_without_proof_leads_nowhere_and_with_it_to_a_proven_alpha(node: Driver) -> None:
    async with place() as liar, place(ALPHA) as trap:
        liar.closing.code, liar.closing.message = Code.MOVED, trap.url
        assert (await failure(node, liar.url)).name == "ConnectionClosed"
    assert (liar.visits, trap.visits) == (1, 0)
    async with place(ALPHA) as old, place(SECOND) as new:
        new._appointments = [appointment(new.url)]
        old.closing.code, old.closing.message = Code.MOVED, new.url
        await failure(node, old.url)
    assert new.visits == 1


async def test_an_impostor_with_forged_appointments_is_refused(node: Driver) -> None:
    forged = appointment("ws://nowhere")
    forged.signatures = forged.signatures[:1] * 2
    async with place(SECOND, [forged]) as impostor:
        error = await failure(node, impostor.url)
    assert error.name == "VerificationFailed"
    assert "the appointment for term 1" in error.error["message"]
    assert "is counted twice" in error.error["message"]


async def test_deposits_arrive_without_being_asked_for(node: Driver, server: LiveAlpha) -> None:
    await connect(node, server.url)
    waiting = asyncio.create_task(next_event(node))
    await asyncio.sleep(0.05)
    server.alpha.deposit(ANNA, XLM, 3 * ONE)
    server.alpha.settle()
    event = await waiting
    assert event["effects"][0] | {"transaction": "", "source": ""} == {
        "type": "deposit_credited", "asset": "XLM", "amount": "3.0000000", "transaction": "", "source": "",
    }  # fmt: skip
    assert (await node.call("final", Big(event["apex"]), 5000))["batch"] == event["batch"]
