"""Payments on a path: their rules by hand, and against the naive model over many seeds."""

from collections import Counter
from random import Random

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    LOCK_TRADING,
    LOCK_WITHDRAWALS,
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    AppointAgent,
    BalanceChanged,
    Code,
    FeeCollected,
    LimitOrder,
    LockAccount,
    MarketSettings,
    MarketStatus,
    Operation,
    OperationRefused,
    OrderClosed,
    PathAmountUnit,
    PathPayment,
    Payment,
    PaymentReceived,
    PaymentSent,
    Side,
    TimeInForce,
    Trade,
)
from constellation.protocol.signing import KeyPair
from constellation.testing.flow.requests import path_payment
from constellation.testing.naive import paths
from constellation.testing.world import ONE, START_US, key_of
from tests.quanta.stage import EUR, LUMENS, PLENTY, USD, Stage, effects_for
from tests.quanta.twins import Twins

SEND, RECEIVE = PathAmountUnit.SEND_AMOUNT, PathAmountUnit.RECEIVE_AMOUNT
ALICE, BOB, MAKER = key_of("alice"), key_of("bob"), key_of("maker")
XLM_USD, EUR_USD = 0, 1
XLM_LOT, EUR_LOT = ONE // 1_000, ONE // 100
LUMENS_TO_EUROS = [XLM_USD, EUR_USD]


@pytest.fixture
def stage() -> Stage:
    """Lumens are sold at 0.25 dollars, euros bought at 1.1; the taker's fee is a thousandth."""
    return staged(taker_fee_ppm=1_000)


def staged(**options: int) -> Stage:
    stage = Stage(**options)
    stage.funded("alice", "bob", "maker")
    stage.places(MAKER, Side.BUY, 100 * ONE, 2_500, market=XLM_USD)
    stage.places(MAKER, Side.SELL, 100 * ONE, 1_100, market=EUR_USD)
    return stage


def path(
    unit: PathAmountUnit = SEND,
    amount: int = 10 * ONE,
    limit: int = 1,
    to: KeyPair = BOB,
    markets: list[int] | None = None,
    memo: str = "",
    send: int = LUMENS,
    receive: int = EUR,
) -> PathPayment:
    return PathPayment(
        to.public, send, receive, LUMENS_TO_EUROS if markets is None else markets, unit, amount, limit, memo
    )


def test_what_is_sent_is_converted_and_all_that_it_buys_arrives(stage: Stage) -> None:
    executed = stage.runs(ALICE, path(SEND, 10 * ONE + 7, 22_600_000, memo="invoice 7"))
    apex = executed.leaf.apex
    # 10 lumens bring 2.5 dollars less 0.0025, which buy 2.27 euros for 2.497, less 0.00227.
    sold = Trade(apex, 1, XLM_USD, Side.SELL, False, 2_500, 10 * ONE, 25_000_000, 25_000)
    bought = Trade(apex, 2, EUR_USD, Side.BUY, False, 1_100, 22_700_000, 24_970_000, 22_700)
    effects = effects_for(executed, ALICE)
    first, second = (effect.order for effect in effects_for(executed, MAKER) if isinstance(effect, Trade))
    sold.counter_order, bought.counter_order = first, second
    assert effects == [
        sold,
        bought,
        PaymentSent(BOB.public, EUR, 22_677_300, "invoice 7"),
        BalanceChanged(LUMENS, PLENTY - 10 * ONE, 0),
        BalanceChanged(USD, PLENTY + 24_975_000 - 24_970_000, 0),
        BalanceChanged(EUR, PLENTY, 0),
    ]
    assert effects_for(executed, BOB) == [
        PaymentReceived(ALICE.public, EUR, 22_677_300, "invoice 7"),
        BalanceChanged(EUR, PLENTY + 22_677_300, 0),
    ]
    fees = [effect for effect in effects_for(executed, key_of("fees")) if isinstance(effect, FeeCollected)]
    assert fees == [FeeCollected(USD, 25_000), FeeCollected(EUR, 22_700)]


def test_what_is_received_is_exact_and_the_rest_stays(stage: Stage) -> None:
    executed = stage.runs(ALICE, path(RECEIVE, 2 * ONE, 100 * ONE))
    # 2.01 euros leave 2.00799 after the fee, 2.00 would leave 1.998. They cost 2.211 dollars, for which 8.853 lumens
    # bring 2.2132500 less 0.0022133; 8.852 would bring 2.2107866.
    assert [effect.amount for effect in effects_for(executed, ALICE) if isinstance(effect, Trade)] == [
        88_530_000,
        20_100_000,
    ]
    assert stage.balance(BOB, EUR) == (PLENTY + 2 * ONE, 0)
    assert stage.balance(ALICE, EUR) == (PLENTY + 20_079_900 - 2 * ONE, 0)
    assert stage.balance(ALICE, USD) == (PLENTY + 22_132_500 - 22_133 - 22_110_000, 0)
    assert stage.balance(ALICE, LUMENS) == (PLENTY - 88_530_000, 0)


@pytest.mark.parametrize(
    ("unit", "amount", "limit", "step"), [(SEND, 10 * ONE, 22_677_300, 1), (RECEIVE, 2 * ONE, 88_530_000, -1)]
)
def test_a_limit_is_exact(unit: PathAmountUnit, amount: int, limit: int, step: int) -> None:
    assert staged(taker_fee_ppm=1_000).refuses(ALICE, path(unit, amount, limit + step)) is Code.PATH_OUT_OF_LIMIT
    staged(taker_fee_ppm=1_000).runs(ALICE, path(unit, amount, limit))


def test_to_oneself_it_is_a_conversion(stage: Stage) -> None:
    executed = stage.runs(ALICE, path(SEND, 10 * ONE, to=ALICE, markets=[XLM_USD], receive=USD))
    assert [type(effect) for effect in effects_for(executed, ALICE)] == [Trade, BalanceChanged, BalanceChanged]
    assert stage.balance(ALICE, USD) == (PLENTY + 24_975_000, 0)
    assert not effects_for(executed, BOB)


def test_it_is_no_order_of_its_sender(stage: Stage) -> None:
    executed = stage.runs(ALICE, path())
    assert not any(isinstance(effect, OrderClosed) for effect in effects_for(executed, ALICE))
    assert not stage.machine.state.vault.accounts[ALICE.public].orders


REFUSED: dict[str, tuple[PathPayment, Code]] = {
    "nothing": (path(amount=0), Code.INVALID_AMOUNT),
    "less than nothing": (path(amount=-1), Code.INVALID_AMOUNT),
    "without a limit": (path(limit=0), Code.INVALID_AMOUNT),
    "memo": (path(memo="a\n"), Code.INVALID_MEMO),
    "asset to send": (path(send=3), Code.UNKNOWN_ASSET),
    "asset to receive": (path(receive=3), Code.UNKNOWN_ASSET),
    "no markets": (path(markets=[]), Code.INVALID_PATH),
    "from an asset to itself": (path(markets=[], receive=LUMENS), Code.INVALID_PATH),
    "there and back": (path(markets=[XLM_USD, XLM_USD], receive=LUMENS), Code.INVALID_PATH),
    "the wrong way round": (path(markets=[EUR_USD, XLM_USD]), Code.INVALID_PATH),
    "not far enough": (path(markets=[XLM_USD]), Code.INVALID_PATH),
    "too far": (path(receive=USD), Code.INVALID_PATH),
    "unknown market": (path(markets=[XLM_USD, 2]), Code.UNKNOWN_MARKET),
    "the vault": (path(to=key_of("vault")), Code.FORBIDDEN_DESTINATION),
    "nobody": (path(to=key_of("nobody")), Code.UNKNOWN_DESTINATION),
    "more than there is": (path(amount=PLENTY + 1), Code.INSUFFICIENT_FUNDS),
    "the minimum balance": (path(amount=PLENTY), Code.BELOW_MINIMUM_BALANCE),
    "more than the book has": (path(RECEIVE, 101 * ONE, INT64_MAX), Code.WOULD_NOT_FILL),
    "everything": (path(RECEIVE, INT64_MAX, INT64_MAX), Code.WOULD_NOT_FILL),
    "less than a lot": (path(amount=XLM_LOT - 1), Code.WOULD_NOT_FILL),
    "too little for the first market": (path(amount=30 * XLM_LOT), Code.BELOW_MINIMUM_NOTIONAL),
}


@pytest.mark.parametrize(("operation", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(operation: PathPayment, code: Code) -> None:
    assert staged().refuses(ALICE, operation) is code


@pytest.mark.parametrize("operation", [path(), path(RECEIVE, ONE, INT64_MAX)])
@pytest.mark.parametrize("market", LUMENS_TO_EUROS)
def test_each_market_has_its_minimum(stage: Stage, market: int, operation: PathPayment) -> None:
    stage.changes_settings(lambda settings: setattr(settings.markets[market], "minimum_notional", 3 * ONE))
    assert stage.refuses(ALICE, operation) is Code.BELOW_MINIMUM_NOTIONAL


def test_a_market_that_is_not_open(stage: Stage) -> None:
    stage.changes_settings(lambda settings: setattr(settings.markets[EUR_USD], "status", MarketStatus.MARKET_POST_ONLY))
    assert stage.refuses(ALICE, path()) is Code.MARKET_NOT_OPEN


@pytest.mark.parametrize("asset", [LUMENS, USD, EUR])
def test_a_suspended_asset_even_on_the_way(stage: Stage, asset: int) -> None:
    stage.suspends(asset)
    assert stage.refuses(ALICE, path()) is Code.SUSPENDED_ASSET


def test_own_orders_end_a_leg(stage: Stage) -> None:
    stage.places(ALICE, Side.BUY, 5 * ONE, 2_600, market=XLM_USD)
    assert stage.refuses(ALICE, path()) is Code.WOULD_NOT_FILL
    stage.places(BOB, Side.BUY, 4 * ONE, 2_700, market=XLM_USD)
    stage.runs(ALICE, path())
    assert stage.balance(ALICE, LUMENS) == (PLENTY - 4 * ONE, 0)
    assert stage.machine.state.vault.accounts[ALICE.public].orders


def test_what_an_own_order_stops_does_not_count_for_a_minimum(stage: Stage) -> None:
    stage.places(BOB, Side.BUY, ONE, 2_700, market=XLM_USD)
    stage.places(MAKER, Side.SELL, 98 * ONE // 100, 2_700, market=XLM_USD)
    stage.places(ALICE, Side.BUY, 5 * ONE, 2_600, market=XLM_USD)
    assert stage.refuses(ALICE, path()) is Code.BELOW_MINIMUM_NOTIONAL


def test_a_price_band_ends_a_leg() -> None:
    stage = staged(price_band_ppm=10_000)
    stage.runs(ALICE, path(amount=40 * ONE, markets=[XLM_USD], receive=USD))
    stage.places(MAKER, Side.BUY, 100 * ONE, 2_474, market=XLM_USD)
    stage.runs(ALICE, path(amount=100 * ONE, markets=[XLM_USD], receive=USD))
    assert stage.balance(ALICE, LUMENS) == (PLENTY - 100 * ONE, 0)
    assert stage.refuses(ALICE, path(markets=[XLM_USD], receive=USD)) is Code.WOULD_NOT_FILL


@pytest.mark.parametrize(("fills", "is_enough"), [(4, False), (5, True)])
def test_both_legs_share_the_fills_of_a_quantum(fills: int, is_enough: bool) -> None:
    stage = Stage(fills=fills)
    stage.funded("alice", "bob", "maker")
    for _ in range(3):
        stage.places(MAKER, Side.BUY, 10 * ONE, 2_500, market=XLM_USD)
    for _ in range(2):
        stage.places(MAKER, Side.SELL, 3 * ONE, 1_250, market=EUR_USD)
    operation = path(RECEIVE, 6 * ONE, 30 * ONE)
    if is_enough:
        stage.runs(ALICE, operation)
        assert stage.balance(BOB, EUR) == (PLENTY + 6 * ONE, 0)
    else:
        assert stage.refuses(ALICE, operation) is Code.WOULD_NOT_FILL


def test_a_batch_shares_them_too() -> None:
    stage = staged(fills=3)
    paid, second = stage.runs_batch(ALICE, path(), path())
    assert any(isinstance(effect, PaymentSent) for effect in effects_for(paid, ALICE))
    assert effects_for(second, ALICE)[0] == OperationRefused(Code.WOULD_NOT_FILL)
    assert stage.refuses_batch(ALICE, path(), path()) is Code.WOULD_NOT_FILL, "and what the first one did is undone"


@pytest.mark.parametrize(
    ("rights", "may"),
    [(RIGHT_PAY, False), (RIGHT_TRADE, False), (RIGHT_WITHDRAW, False), (RIGHT_PAY | RIGHT_TRADE, True)],
)
def test_an_agent_needs_both_rights(stage: Stage, rights: int, may: bool) -> None:
    bot = key_of("bot")
    stage.runs(ALICE, AppointAgent(bot.public, rights, START_US * 2))
    request = stage.world.request(ALICE, path(), nonce=stage.now + 1, signer=bot)
    stage.now += 1
    if may:
        stage.executes(request)
    else:
        assert stage.refuses_body(request) is Code.NO_RIGHT


@pytest.mark.parametrize(
    ("locks", "is_locked"), [(LOCK_PAYMENTS, True), (LOCK_TRADING, True), (LOCK_WITHDRAWALS, False)]
)
def test_either_lock_locks_it(stage: Stage, locks: int, is_locked: bool) -> None:
    stage.runs(ALICE, LockAccount(locks, None))
    if is_locked:
        assert stage.refuses(ALICE, path()) is Code.ACCOUNT_LOCKED
    else:
        stage.runs(ALICE, path())


# The hunt

CAROL = key_of("carol")
NAMES = [ALICE, BOB, CAROL]
FEES = ((0, 0), (150, 450), (100_000, 100_000), (7, 33_333), (0, 1))


def _of_three_markets(random: Random) -> Twins:
    """Any asset leads to any other one, on one market or two, with odd lots, fees, bands and minima."""
    fees, band, least = random.choice(FEES), random.choice((0, 0, 2_000)), random.choice((50, ONE // 4))
    decimals, lot = random.choice(((2, 100), (2, 700), (2, 100_000), (0, 1), (0, 1)))
    third = MarketSettings(LUMENS, EUR, decimals, 1, lot, least, *fees, MarketStatus.MARKET_OPEN, band)
    return Twins(fees, random.choice((2, 3, 6, 100)), band, third)


def _order(random: Random, twins: Twins) -> LimitOrder:
    number, side = random.randrange(3), random.choice((Side.BUY, Side.SELL))
    market = twins.machine.state.settings.markets[number]
    middle, away = (2_500, 1_100, 23)[number], random.choice((1, 1, 2, 3, 20, 0))
    if market.price_decimals == 0:
        middle, away = 7, min(away, 3)
    thousandths = random.choice((random.randint(1, 40), random.randint(1, 2_000)))
    amount = (thousandths * ONE // 1_000 + random.randint(0, 99)) // market.lot * market.lot
    price = middle + (-away if side is Side.BUY else away)
    return LimitOrder(number, side, price, amount, TimeInForce.GOOD_TILL_CANCELLED, None)


def _path(random: Random, twins: Twins, who: KeyPair) -> PathPayment:
    """Two thirds have the limit that they just keep, or just miss."""
    found = path_payment(random, twins.machine, NAMES)
    found.unit, found.amount = random.choice((SEND, RECEIVE)), random.randint(1, 10 ** random.randint(4, 8))
    found.limit = 1 if found.unit is SEND else 10**12
    model = twins.naive.model
    model.met = 0
    if random.random() < 0.67 and paths._why_not_path(model, found) is None:
        tries = paths._tries(model, who.public, found)
        if not isinstance(tries, Code):
            exact = tries[-1].brought if found.unit is SEND else tries[0].given
            found.limit = exact + random.choice((-1, 0, 1))
    return found


def hunt(seed: int, count: int) -> Counter[str]:
    """What happened, by name; the machine and the model agree about all of it."""
    random = Random(seed)
    twins, seen = _of_three_markets(random), Counter[str]()
    for _ in range(count):
        twins.now += 1_000
        is_path = random.random() < 0.3
        who = random.choice((*NAMES, CAROL, CAROL) if is_path else (*NAMES, ALICE, BOB, ALICE, BOB))
        operation: Operation = _path(random, twins, who) if is_path else _order(random, twins)
        operations = [operation]
        while random.random() < 0.12:
            operations.append(
                random.choice((_path(random, twins, who), _order(random, twins), Payment(BOB.public, 1, 1)))
            )
        nonce = twins.machine.state.vault.accounts[who.public].nonce + 1
        facts = {"nonce": nonce, "valid_until": twins.now + 1_000_000}
        if len(operations) > 1:
            all_or_nothing = random.random() < 0.5
            done = twins.both(twins.world.batch(who, operations, all_or_nothing=all_or_nothing, **facts))
        else:
            done = twins.both(twins.world.request(who, operation, **facts))
        if isinstance(operation, PathPayment) and len(operations) == 1:
            result = done.name if isinstance(done, Code) else "done"
            seen[f"{operation.unit.name} {len(operation.path)} {result}"] += 1
        if len(operations) > 1:
            seen[f"batch {'refused' if isinstance(done, Code) else 'done'}"] += 1
    return seen


def test_the_machine_does_what_the_rules_say() -> None:
    seen = sum((hunt(seed, 120) for seed in range(60)), Counter[str]())
    expected = [f"{unit.name} {legs} done" for unit in PathAmountUnit for legs in (1, 2)]
    expected += [f"{unit.name} 2 {code}" for unit in PathAmountUnit for code in ("PATH_OUT_OF_LIMIT", "WOULD_NOT_FILL")]
    expected += ["batch refused", "batch done"]
    assert {name: seen[name] for name in expected if seen[name] < 3} == {}
