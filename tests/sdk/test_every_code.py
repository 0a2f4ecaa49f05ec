"""Every code that a client can provoke, provoked through the SDK; and why no client can provoke the others.

A code without an entry fails the test: whoever adds one says here how a client comes to see it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from constellation.gateway import GatewayConfig
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    MAX_AGENTS,
    AppointAgent,
    Code,
    HistoryFilter,
    LedgerDestination,
    LimitOrder,
    Mode,
    ModeCommit,
    OpenSubAccount,
    Operation,
    OrderInstructions,
    PathAmountUnit,
    PathPayment,
    Payment,
    QueryHistory,
    RegisterRouting,
    Request,
    SelfTradePrevention,
    Side,
    SignedRequest,
    Suspension,
    SuspensionReason,
    TimeInForce,
    Withdrawal,
    encode_client_message,
)
from constellation.sdk import Client, ConnectionClosed, ExchangeError, Hold, KeyPair, SdkError
from constellation.sdk.keys import RightName
from constellation.sdk.refusals import refusal_kind
from tests.gateway.harness import ANNA, BERT, CARL, USD, XLM, Alpha, key, make_settings, sign
from tests.gateway.live import LiveAlpha, live
from tests.sdk.chronicle import with_chronicle
from tests.sdk.stage import FAST, ledger_takes_withdrawals, until

GTC, IOC = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL
BOT: Final = key("bot")
ELSEWHERE: Final = key("elsewhere").address


@dataclass
class Scene:
    """Anna's and Bert's clients before one alpha.

    Attributes:
        server: that runs.
        anna: with a thousand of everything.
        bert: the same.
    """

    server: LiveAlpha
    anna: Client
    bert: Client

    @property
    def alpha(self) -> Alpha:
        return self.server.alpha

    async def raw(self, operation: Operation) -> None:
        """What the SDK would not ask for, signed and sent by it."""
        await self.anna._connection.submit(lambda session: session.submit(operation))

    async def signed(self, signer: KeyPair = ANNA, **changes: Any) -> None:
        """A request that the SDK would not sign, sent by it."""
        payment = Payment(BERT.public, XLM, 1)
        request = replace(Request(ANNA.public, None, 2**50, self.alpha.now_us + 1_000_000, payment), **changes)
        signed = sign(signer, self.alpha.constellation, request)
        await self.anna._connection.submit(lambda session: session._send_new(signed))

    async def frame(self, data: bytes) -> None:
        """Bytes that the SDK would not send."""
        connection = self.anna._connection
        connection._session._outgoing.append(data)
        connection._awake.set()
        await until(lambda: connection._end is not None)
        await self.anna.account()


Provoke = Callable[[Scene], Awaitable[Any]]


@dataclass(frozen=True)
class By:
    """A code that a client can provoke.

    Attributes:
        provoke: raises the error.
        alpha: what is special about the alpha.
    """

    provoke: Provoke
    alpha: Mapping[str, Any] = ()  # type: ignore[assignment]


def order(**changes: object) -> LimitOrder:
    return replace(LimitOrder(0, Side.BUY, 1000, ONE, GTC, None), **changes)  # type: ignore[arg-type]


def raw(operation: Operation) -> By:
    return By(lambda scene: scene.raw(operation))


def ledger_says(code: Code) -> By:
    """The ledger says so when alpha asks it about a withdrawal."""

    def check(_withdrawal: Withdrawal, tell: Callable[[Rejection], None]) -> None:
        asyncio.get_running_loop().call_soon(tell, Rejection(code, "the ledger says so"))

    return By(lambda scene: scene.anna.withdraw("XLM", 1, ELSEWHERE), {"check": check})


def alpha_refuses(code: Code) -> By:
    """Alpha takes no requests, for a reason of its own."""

    async def provoke(scene: Scene) -> None:
        scene.alpha.refused = Rejection(code, "not now")
        await scene.anna.pay(BERT.address, "XLM", 1)

    return By(provoke)


async def in_maintenance(scene: Scene) -> None:
    scene.alpha.execute(ModeCommit(Mode.MAINTENANCE, "upgrade"))
    scene.alpha.settle()
    await scene.anna.pay(BERT.address, "XLM", 1)


async def expired(scene: Scene) -> None:
    scene.alpha.now_us += 60_000_000
    await scene.anna.pay(BERT.address, "XLM", 1)


async def bad_signature(scene: Scene) -> None:
    request = Request(ANNA.public, None, 2**50, scene.alpha.now_us + 1_000_000, Payment(BERT.public, XLM, 1))
    await scene.anna.resend(SignedRequest(request, bytes(64)))


async def wrong_constellation(scene: Scene) -> None:
    await Client.connect(scene.server.url, make_settings(network_passphrase="another"), ANNA, FAST)


async def unauthorized(scene: Scene) -> None:
    theirs = await scene.bert.create_order("XLM/USD", "sell", "0.3", 1)
    scene.alpha.deposit(CARL, XLM, ONE)
    scene.alpha.settle(checkpoint=True)
    await scene.anna.prove_order(theirs.order_id)


async def nonce_conflict(scene: Scene) -> None:
    await scene.signed()
    await scene.signed(operation=Payment(BERT.public, XLM, 2))


async def nonce_too_low(scene: Scene) -> None:
    await scene.signed()
    await scene.signed(nonce=1)


async def unknown_account(scene: Scene) -> None:
    async with await Client.connect(scene.server.url, scene.alpha.settings, CARL, FAST) as carl:
        await carl.pay(ANNA.address, "XLM", 1)


async def account_closed(scene: Scene) -> None:
    scene.alpha.deposit(CARL, XLM, ONE)
    scene.alpha.settle()
    async with await Client.connect(scene.server.url, scene.alpha.settings, CARL, FAST) as carl:
        await carl.close_account(ELSEWHERE)
        ledger_takes_withdrawals(scene.alpha)
        scene.alpha.settle()
        await carl.pay(ANNA.address, "XLM", 1)


async def ahead(scene: Scene) -> None:
    await Client.connect(scene.server.url, scene.alpha.settings, ANNA, FAST, after=10**6)


async def empty_batch(scene: Scene) -> None:
    batch = scene.alpha.batch(ANNA, nonce=2**50)
    await scene.anna._connection.submit(lambda session: session._send_signed(batch, copies=0))


async def invalid_query(scene: Scene) -> None:
    query = QueryHistory(0, HistoryFilter([], None, None, None, None), None, False, 0, False, 0, None)
    await scene.anna._connection.query(lambda session: session.query_past(query))


async def suspended(scene: Scene) -> None:
    scene.alpha.machine.state.assets.suspend(USD, Suspension(SuspensionReason.CLAWED_BACK, 1))
    await scene.anna.pay(BERT.address, "USD", 1)


async def out_of_limit(scene: Scene) -> None:
    await scene.bert.create_order("XLM/USD", "buy", "0.3", 1)
    await scene.anna.convert("XLM", "USD", send_amount=1, receive_min="0.31")


async def too_many_holds(scene: Scene) -> None:
    """One more than an account may have open, in batches that refuse the last one alone."""
    holds = [Hold(scene.bert.address, "USD", "0.0000001", scene.alpha.machine.state.timestamp + 10**12)] * 100
    await scene.anna.submit_batch(holds)
    await scene.anna.open_hold(scene.bert.address, "USD", 1, holds[0].expires_at_us)


async def routing_taken(scene: Scene) -> None:
    await scene.anna.register_routing(77)
    await scene.bert.register_routing(77)


async def too_many_orders(scene: Scene) -> None:
    for _ in range(5):
        await scene.anna.create_order("XLM/USD", "sell", "0.3", 1)


async def would_take(scene: Scene) -> None:
    await scene.bert.create_order("XLM/USD", "sell", "0.3", 1)
    await scene.anna.create_order("XLM/USD", "buy", "0.3", 1, post_only=True)


async def duplicate_name(scene: Scene) -> None:
    for _ in range(2):
        await scene.anna.create_order("XLM/USD", "sell", "0.3", 1, client_order_id="a")


async def order_changed(scene: Scene) -> None:
    placed = await scene.anna.create_order("XLM/USD", "sell", "0.3", 2)
    await scene.anna.replace_order("XLM/USD", placed.order_id, "0.3", 1, if_remaining=1)


async def traded(scene: Scene) -> None:
    await scene.bert.create_order("XLM/USD", "sell", "0.3", 1)
    await scene.anna.create_order("XLM/USD", "buy", "0.3", 1)


async def would_trigger(scene: Scene) -> None:
    await traded(scene)
    await scene.anna.create_order("XLM/USD", "buy", "0.3", 1, trigger="stop", trigger_price="0.2")


async def out_of_band(scene: Scene) -> None:
    await traded(scene)
    await scene.anna.create_order("XLM/USD", "buy", "0.9", 1)


async def too_many_withdrawals(scene: Scene) -> None:
    for _ in range(3):
        await scene.anna.withdraw("XLM", 1, ELSEWHERE)


async def rate_limited(scene: Scene) -> None:
    for _ in range(20):
        await scene.anna.account()


async def too_many_connections(scene: Scene) -> None:
    await Client.connect(scene.server.url, scene.alpha.settings, CARL, FAST)


def instructions(**changes: Any) -> OrderInstructions:
    return replace(OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None), **changes)


BANDED: Final = make_settings(markets=[replace(market, price_band_ppm=100_000) for market in make_settings().markets])


async def as_agent(scene: Scene, right: RightName, operation: Operation) -> None:
    """The agent asks for something that its one right does not cover."""
    await scene.anna.appoint_agent(BOT.address, [right], INT64_MAX)
    scene.alpha.now_us += 1_000
    async with Client(scene.server.url, scene.alpha.settings, BOT, FAST, account=ANNA.address) as agent:
        await agent._connection.submit(lambda session: session.submit(operation))


async def not_an_agent(scene: Scene) -> None:
    async with Client(scene.server.url, scene.alpha.settings, BOT, FAST, account=ANNA.address):
        pass


async def agent_expired(scene: Scene) -> None:
    await scene.anna.appoint_agent(BOT.address, ["trade"], scene.alpha.now_us)
    scene.alpha.now_us += 1
    await not_an_agent(scene)


async def too_many_agents(scene: Scene) -> None:
    for number in range(MAX_AGENTS + 1):
        await scene.anna.appoint_agent(key(f"agent {number}").address, ["trade"], INT64_MAX)


async def sub_account_open(scene: Scene) -> None:
    for _ in range(2):
        await scene.anna.open_sub_account(3, 5)


async def is_sub_account(scene: Scene) -> None:
    await scene.anna.open_sub_account(3, 5)
    scene.alpha.now_us += 1_000
    async with Client(scene.server.url, scene.alpha.settings, ANNA, FAST, sub_account=3) as sub:
        await sub.open_sub_account(1, 5)


async def locked(scene: Scene) -> None:
    await scene.anna.lock(["payments"])
    await scene.anna.pay(BERT.address, "USD", 1)


async def time_locked(scene: Scene) -> None:
    await scene.anna.lock(["payments"], scene.alpha.now_us + 1_000_000)
    await scene.anna.lock([])


PROVOKED: Final[Mapping[Code, By]] = {
    Code.MALFORMED: By(lambda scene: scene.frame(b"\xff" * 8)),
    Code.WRONG_CONSTELLATION: By(wrong_constellation),
    Code.UNEXPECTED_MESSAGE: By(
        lambda scene: scene.frame(encode_client_message(scene.anna._connection._session._handshake.hello))  # type: ignore[union-attr]
    ),
    Code.BAD_SIGNATURE: By(bad_signature),
    Code.UNAUTHORIZED: By(unauthorized),
    Code.EXPIRED: By(expired),
    Code.VALIDITY_TOO_LONG: By(lambda scene: scene.signed(valid_until=INT64_MAX)),
    Code.NONCE_TOO_LOW: By(nonce_too_low),
    Code.NONCE_CONFLICT: By(nonce_conflict),
    Code.UNKNOWN_ACCOUNT: By(unknown_account),
    Code.FOREIGN_ACCOUNT: By(lambda scene: scene.signed(BERT, account=BERT.public)),
    Code.INVALID_NONCE: By(lambda scene: scene.signed(nonce=0)),
    Code.AHEAD: By(ahead),
    Code.ACCOUNT_CLOSED: By(account_closed),
    Code.EMPTY_BATCH: By(empty_batch),
    Code.NOT_IN_BATCH: By(
        lambda scene: scene.anna._connection.submit(
            lambda session: session.submit_batch([RegisterRouting(77)], all_or_nothing=False)
        )
    ),
    Code.INVALID_QUERY: By(invalid_query, {"chronicle": True}),
    Code.NO_HISTORY: By(lambda scene: scene.anna.history_page()),
    Code.UNKNOWN_SIGNER: By(not_an_agent),
    Code.AGENT_EXPIRED: By(agent_expired),
    Code.NO_RIGHT: By(lambda scene: as_agent(scene, "trade", Payment(BERT.public, XLM, 1))),
    Code.OWNER_ONLY: By(lambda scene: as_agent(scene, "withdraw", RegisterRouting(77))),
    Code.TOO_MANY_AGENTS: By(too_many_agents),
    Code.AGENT_NOT_FOUND: By(lambda scene: scene.anna.dismiss_agent(BOT.address)),
    Code.INVALID_AGENT: By(lambda scene: scene.anna.appoint_agent(ANNA.address, ["trade"], INT64_MAX)),
    Code.INVALID_RIGHTS: raw(AppointAgent(BOT.public, 8, INT64_MAX)),
    Code.INVALID_AGENT_EXPIRY: By(lambda scene: scene.anna.appoint_agent(BOT.address, ["trade"], 1)),
    Code.INVALID_KEY: By(lambda scene: scene.anna.rotate_key(ANNA)),
    Code.ACCOUNT_LOCKED: By(locked),
    Code.TIME_LOCKED: By(time_locked),
    Code.INVALID_LOCK: By(lambda scene: scene.anna.lock(["payments"], 1)),
    Code.INVALID_SUB_ACCOUNT: raw(OpenSubAccount(17, ONE)),
    Code.SUB_ACCOUNT_OPEN: By(sub_account_open),
    Code.IS_SUB_ACCOUNT: By(is_sub_account),
    Code.NO_SUB_ACCOUNT: By(lambda scene: scene.anna.merge_sub_account(3)),
    Code.INVALID_AMOUNT: raw(Payment(BERT.public, XLM, 0)),
    Code.UNKNOWN_ASSET: raw(Payment(BERT.public, 9, ONE)),
    Code.INSUFFICIENT_FUNDS: By(lambda scene: scene.anna.pay(BERT.address, "USD", 10**6)),
    Code.BELOW_MINIMUM_BALANCE: By(lambda scene: scene.anna.pay(BERT.address, "XLM", 1000)),
    Code.SELF_PAYMENT: By(lambda scene: scene.anna.pay(ANNA.address, "XLM", 1)),
    Code.AMOUNT_OVERFLOW: raw(order(price=10**18, amount=10**6 * ONE)),
    Code.UNKNOWN_DESTINATION: By(lambda scene: scene.anna.pay(CARL.address, "USD", 1)),
    Code.SUSPENDED_ASSET: By(suspended),
    Code.INVALID_PATH: raw(PathPayment(BERT.public, XLM, USD, [], PathAmountUnit.SEND_AMOUNT, ONE, 1)),
    Code.PATH_OUT_OF_LIMIT: By(out_of_limit),
    Code.HOLD_NOT_FOUND: By(lambda scene: scene.anna.release_hold(7)),
    Code.TOO_MANY_HOLDS: By(too_many_holds),
    Code.ROUTING_ID_TAKEN: By(routing_taken),
    Code.INVALID_ROUTING_ID: raw(RegisterRouting(0)),
    Code.ACCOUNT_NOT_EMPTY: By(lambda scene: scene.anna.close_account(ELSEWHERE)),
    Code.UNKNOWN_MARKET: raw(order(market=9)),
    Code.IN_MAINTENANCE: By(in_maintenance),
    Code.MARKET_NOT_OPEN: By(lambda scene: scene.anna.create_order("EUR/USD", "buy", "1", 1)),
    Code.INVALID_PRICE: raw(order(price=0)),
    Code.OFF_TICK: raw(order(price=1001)),
    Code.OFF_LOT: raw(order(amount=ONE + 1)),
    Code.BELOW_MINIMUM_NOTIONAL: By(lambda scene: scene.anna.create_order("XLM/USD", "buy", "0.001", 1)),
    Code.TOO_MANY_OPEN_ORDERS: By(too_many_orders),
    Code.ORDER_NOT_FOUND: By(lambda scene: scene.anna.cancel_order(12345)),
    Code.WOULD_TAKE: By(would_take),
    Code.WOULD_NOT_FILL: By(lambda scene: scene.anna.create_order("XLM/USD", "buy", "0.3", 1, "FOK")),
    Code.DUPLICATE_CLIENT_ORDER_ID: By(duplicate_name),
    Code.INVALID_CLIENT_ORDER_ID: raw(order(instructions=instructions(client_order_id="no spaces"))),
    Code.CONTRADICTORY_ORDER: raw(order(time_in_force=IOC, instructions=instructions(post_only=True))),
    Code.PRICE_OUT_OF_BAND: By(out_of_band, {"settings": BANDED}),
    Code.ORDER_CHANGED: By(order_changed),
    Code.INVALID_EXPIRY: By(lambda scene: scene.anna.create_order("XLM/USD", "buy", "0.3", 1, expires_at_us=1)),
    Code.WOULD_TRIGGER: By(would_trigger),
    Code.FORBIDDEN_DESTINATION: By(lambda scene: scene.anna.withdraw("XLM", 1, key("vault").address)),
    Code.TOO_MANY_WITHDRAWALS: By(too_many_withdrawals),
    Code.INVALID_MEMO: raw(Withdrawal(XLM, ONE, LedgerDestination(key("elsewhere").public, None, "", False))),
    **{
        code: ledger_says(code)
        for code in (
            Code.DESTINATION_NOT_FOUND, Code.DESTINATION_EXISTS, Code.DESTINATION_NO_TRUST, Code.DESTINATION_LINE_FULL,
            Code.DESTINATION_NOT_AUTHORIZED, Code.MEMO_REQUIRED, Code.BELOW_LEDGER_RESERVE, Code.LEDGER_UNAVAILABLE,
        )
    },
    Code.RATE_LIMITED: By(rate_limited, {"rate": (1, 10)}),
    Code.TOO_MANY_CONNECTIONS: By(too_many_connections, {"config": GatewayConfig(connections=2)}),
    **{
        code: alpha_refuses(code)
        for code in (
            Code.NOT_READY, Code.NO_QUORUM, Code.OVERLOADED, Code.SHUTTING_DOWN, Code.HALTED, Code.STORAGE,
        )
    },
}  # fmt: skip

BETWEEN_MEMBERS: Final = "said between members alone: no client's message is judged by it"
COUNCIL: Final = "needs an auditor's signature: tests/gateway/test_proposals.py, tests/herald/test_proposal_desk.py"

NOT_BY_A_CLIENT: Final[Mapping[Code, str]] = {
    Code.UNSUPPORTED_VERSION: "an SDK speaks one version: tests/gateway/test_session.py sends another by hand",
    Code.TOO_LARGE: "the SDK makes no frame that long: tests/gateway/test_session.py does by hand",
    Code.REPLACED: "said to members whose key connects again; a trader's connections live side by side",
    Code.TIMED_OUT: "the SDK answers at once: tests/gateway/test_server.py falls silent by hand",
    Code.SLOW_READER: "the SDK reads whatever the program does: tests/gateway/test_hub.py does not read",
    Code.NOT_ADMITTED: "needs an extension of the operator's: tests/node/extensions/test_admission.py",
    Code.PRUNED: "the SDK makes a Gap of it: tests/sdk/test_catch_up.py",
    Code.MOVED: "the SDK follows it: tests/sdk/test_moving.py",
    **{code: BETWEEN_MEMBERS for code in Code if 700 <= code < 800},
    **dict.fromkeys((Code.INVALID_PROPOSAL, Code.STALE_PROPOSAL, Code.TOO_MANY_PROPOSALS), COUNCIL),
}


def test_every_code_has_one_entry() -> None:
    assert set(PROVOKED) | set(NOT_BY_A_CLIENT) == set(Code)
    assert not set(PROVOKED) & set(NOT_BY_A_CLIENT)


@pytest.mark.parametrize("code", PROVOKED, ids=lambda code: code.name)
async def test_code_is_provoked(code: Code, tmp_path: Path) -> None:
    entry = PROVOKED[code]
    special = dict(entry.alpha)
    chronicle = None
    if special.pop("chronicle", False):
        alpha, chronicle = with_chronicle(tmp_path)
    else:
        alpha = Alpha(**special)
    async with live(alpha.fund(ANNA, BERT)) as server:
        anna, bert = Client(server.url, alpha.settings, ANNA, FAST), Client(server.url, alpha.settings, BERT, FAST)
        async with anna, bert:
            with pytest.raises(SdkError) as provoked:
                await entry.provoke(Scene(server, anna, bert))
    error = provoked.value
    assert error.code is code
    assert error.nothing_happened
    assert error.message
    assert isinstance(error, ConnectionClosed | refusal_kind(code))
    assert isinstance(error, ConnectionClosed | ExchangeError)
    if chronicle is not None:
        chronicle.close()
