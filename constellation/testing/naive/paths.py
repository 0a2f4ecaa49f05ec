"""Payments on a path: how many lots are traded is found by trying, and each try walks the sorted book."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from unicodedata import category

from constellation.protocol.messages import (
    Code,
    MarketSettings,
    PathAmountUnit,
    PathPayment,
    PaymentReceived,
    PaymentSent,
    Side,
)
from constellation.testing.naive.matching import opposing, trade_at_once
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.orders import in_band, why_not_open
from constellation.testing.naive.records import NaiveOrder, worth


@dataclass
class _Try:
    """What comes of trading so many lots on a market.

    Attributes:
        lots: that are traded.
        given: what they cost.
        brought: what is received for them, less fees.
        value: in quote.
        fills: how many.
        price: of the last one.
    """

    lots: int = 0
    given: int = 0
    brought: int = 0
    value: int = 0
    fills: int = 0
    price: int = 0


def why_refuse(model: NaiveModel, payer: bytes, payment: PathPayment) -> Code | None:
    """The code that a payment on a path is refused with, if it is."""
    if payment.amount <= 0 or payment.limit <= 0:
        return Code.INVALID_AMOUNT
    if any(category(character) == "Cc" for character in payment.memo):
        return Code.INVALID_MEMO
    if max(payment.send_asset, payment.receive_asset) >= len(model.settings.assets):
        return Code.UNKNOWN_ASSET
    refusal = _why_not_path(model, payment)
    if refusal is not None:
        return refusal
    if payment.destination == model.settings.vault:
        return Code.FORBIDDEN_DESTINATION
    if not model.is_open(payment.destination):
        return Code.UNKNOWN_DESTINATION
    tries = _tries(model, payer, payment)
    if isinstance(tries, Code):
        return tries
    if payment.unit is PathAmountUnit.SEND_AMOUNT:
        if tries[-1].brought < payment.limit:
            return Code.PATH_OUT_OF_LIMIT
        return model.why_not_enough(payer, payment.send_asset, payment.amount)
    if tries[0].given > payment.limit:
        return Code.PATH_OUT_OF_LIMIT
    return model.why_not_enough(payer, payment.send_asset, tries[0].given)


def _why_not_path(model: NaiveModel, payment: PathPayment) -> Code | None:
    asset = payment.send_asset
    for number in payment.path:
        refusal = why_not_open(model, number)
        if refusal is not None:
            return refusal
        pair = [model.settings.markets[number].base, model.settings.markets[number].quote]
        if asset not in pair:
            return Code.INVALID_PATH
        pair.remove(asset)
        [asset] = pair
    is_led = asset == payment.receive_asset and payment.send_asset != payment.receive_asset
    return None if is_led else Code.INVALID_PATH


def _sides(model: NaiveModel, payment: PathPayment) -> list[tuple[int, Side]]:
    """The markets of the path with the side that is traded there."""
    found, asset = [], payment.send_asset
    for number in payment.path:
        market = model.settings.markets[number]
        side, asset = (Side.SELL, market.quote) if asset == market.base else (Side.BUY, market.base)
        found.append((number, side))
    return found


def _tries(model: NaiveModel, payer: bytes, payment: PathPayment) -> list[_Try] | Code:
    """What happens on each market of the path, or the code that one of them refuses it with."""
    sending, left = payment.unit is PathAmountUnit.SEND_AMOUNT, model.settings.limits.fills - model.met
    legs = _sides(model, payment)
    found: list[_Try] = []
    wanted = payment.amount
    for number, side in legs if sending else legs[::-1]:
        most = _lots_there(model, payer, number, side, left)
        tried = [0, most]
        while tried[1] - tried[0] > 1:  # between what is too little, or still fits, and what is enough, or too much
            middle = sum(tried) // 2
            attempt = _attempt(model, number, side, middle)
            is_low = attempt.given <= wanted if sending else attempt.brought < wanted
            tried = [middle, tried[1]] if is_low else [tried[0], middle]
        last = _attempt(model, number, side, tried[1])
        done = _attempt(model, number, side, tried[0]) if sending and last.given > wanted else last
        if done.lots == 0 or (not sending and done.brought < wanted):
            return Code.WOULD_NOT_FILL
        if done.value < model.settings.markets[number].minimum_notional:
            return Code.BELOW_MINIMUM_NOTIONAL
        wanted, left = (done.brought if sending else done.given), left - done.fills
        found.append(done)
    return found if sending else found[::-1]


def _lots_there(model: NaiveModel, payer: bytes, number: int, side: Side, fills: int) -> int:
    """How many lots can be traded at most: up to an own order, the price band's end, or one fill too many."""
    lots = 0
    for other in opposing(model, number, side)[:fills]:
        if other.owner == payer or not in_band(model, number, side, other.price):
            break
        lots += other.remaining // model.settings.markets[number].lot
    return lots


def _attempt(model: NaiveModel, number: int, side: Side, lots: int) -> _Try:
    market = model.settings.markets[number]
    done, left = _Try(lots), lots * market.lot
    for other in opposing(model, number, side):
        if left == 0:
            break
        part = min(left, other.remaining)
        left -= part
        value = worth(market, part, other.price)
        gives, takes = (value, part) if side is Side.BUY else (part, value)
        done.given += gives
        done.brought += _after_fee(market, takes)
        done.value += value
        done.fills += 1
        done.price = other.price
    return done


def _after_fee(market: MarketSettings, amount: int) -> int:
    return floor(amount * (1 - Fraction(market.taker_fee_ppm, 1_000_000)))


def do(model: NaiveModel, payer: bytes, payment: PathPayment) -> None:
    """Trade on each market, then pay, unless it is to oneself."""
    tries = _tries(model, payer, payment)
    assert not isinstance(tries, Code)
    for (number, side), done in zip(_sides(model, payment), tries, strict=True):
        amount = done.lots * model.settings.markets[number].lot
        trade_at_once(model, NaiveOrder(model.apex, payer, number, side, done.price, amount))
    if payment.destination == payer:
        return
    asset = payment.receive_asset
    paid = tries[-1].brought if payment.unit is PathAmountUnit.SEND_AMOUNT else payment.amount
    model.move(payer, asset, -paid)
    model.move(payment.destination, asset, paid)
    model.tell(payer, PaymentSent(payment.destination, asset, paid, payment.memo))
    model.tell(payment.destination, PaymentReceived(payer, asset, paid, payment.memo))
