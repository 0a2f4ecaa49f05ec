"""How settings, assets, markets and batches are written; what the feed shows, too, is in ``wire``."""

from constellation.chronicler.batch_records import BatchRecord, SettingsVersion, Suspension
from constellation.chronicler.candles import Candle
from constellation.marketdata.listing import ListedMarket
from constellation.marketdata.wire import Json, moment
from constellation.protocol.amounts import format_amount, from_units
from constellation.protocol.messages import AssetSettings, MarketSettings
from constellation.protocol.names import Names
from constellation.protocol.settings_json import format_asset, settings_to_json
from constellation.protocol.strkey import encode_public_key

_PPM_DECIMALS = 6
_MS = 1_000


def maybe_moment(timestamp_us: int | None) -> Json:
    """A time, or null."""
    return {"timestamp": None, "time": None} if timestamp_us is None else moment(timestamp_us)


def market_json(market: ListedMarket, rules: MarketSettings, names: Names, status: str) -> Json:
    """What can be traded in a market, and how."""
    return {
        "id": market.number,
        "name": market.name,
        "base": names.assets[market.base],
        "quote": names.assets[market.quote],
        "status": status,
        "price_decimals": market.price_decimals,
        "tick": market.price(market.tick),
        "lot": format_amount(rules.lot),
        "min_notional": format_amount(rules.minimum_notional),
        "maker_fee": from_units(rules.maker_fee_ppm, _PPM_DECIMALS),
        "taker_fee": from_units(rules.taker_fee_ppm, _PPM_DECIMALS),
        "price_band": from_units(rules.price_band_ppm, _PPM_DECIMALS) if rules.price_band_ppm else None,
    }


def asset_json(number: int, name: str, asset: AssetSettings, suspension: Suspension | None) -> Json:
    """An asset, and whether it moves."""
    return {
        "id": number,
        "name": name,
        "asset": format_asset(asset.identity),
        "minimum_deposit": format_amount(asset.minimum_deposit),
        "status": "open" if suspension is None else "suspended",
        "suspension": None if suspension is None else _suspension_json(suspension),
    }


def _suspension_json(suspension: Suspension) -> Json:
    return {"reason": suspension.reason.name, "apex": suspension.apex, **moment(suspension.timestamp)}


def candle_row(market: ListedMarket, candle: Candle) -> list[int | str]:
    """A candle as a list, as charts take it."""
    return [
        candle.start_s * _MS,
        *(market.price(price) for price in (candle.open, candle.high, candle.low, candle.close)),
        format_amount(candle.volume),
        format_amount(candle.quote_volume),
        candle.trades,
    ]


def settings_json(version: SettingsVersion) -> Json:
    """Settings and since when they are in force."""
    return {
        "version": version.version,
        "apex": version.apex,
        **maybe_moment(version.timestamp),
        "settings": settings_to_json(version.settings),
    }


def batch_json(record: BatchRecord) -> Json:
    """A batch's header and who has signed it."""
    header = record.header
    return {
        "number": header.number,
        "epoch": header.epoch,
        "version": header.version,
        "first_apex": header.first_apex,
        "last_apex": header.last_apex,
        **moment(header.timestamp),
        "quanta": record.quanta,
        "effects": record.effects,
        "digest": record.digest.hex(),
        "previous": header.previous.hex(),
        "quanta_root": header.quanta_root.hex(),
        "state_root": None if header.state_root is None else header.state_root.hex(),
        "certified_by": record.certified_by,
        "signers": [encode_public_key(key) for key in record.signers],
        "certificate": record.certificate.to_xdr().hex(),
    }
