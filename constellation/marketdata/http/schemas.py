"""What answers look like: JSON Schema (2020-12), by name, as the OpenAPI document shows them."""

from typing import Final

from constellation.chronicler.candles import PERIODS
from constellation.marketdata.http.errors import HttpCode
from constellation.marketdata.wire import Json
from constellation.protocol.messages import MarketStatus, Mode, QuorumRule, SuspensionReason

_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_TEXT: Final[Json] = {"type": "string"}
_AMOUNT: Final[Json] = {
    "type": "string",
    "pattern": r"^[0-9]+\.[0-9]{7}$",
    "description": "units of an asset, seven decimals",
}
_PRICE: Final[Json] = {
    "type": "string",
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "description": "quote for one base, with all decimals of the market",
}
_HEX: Final[Json] = {"type": "string", "pattern": "^([0-9a-f]{2})*$"}
_ADDRESS: Final[Json] = {"type": "string", "pattern": "^G[A-Z2-7]{55}$"}
_TRADE_ID: Final[Json] = {"type": "string", "description": "apex and place"}
_MARKET_STATUS: Final[Json] = {"type": "string", "enum": ["open", "post_only", "cancel_only", "halted", "suspended"]}
_MOMENT: Final[dict[str, Json]] = {
    "timestamp": {"type": "integer", "description": "milliseconds since 1970"},
    "time": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"},
}


def _maybe(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _row(*items: Json) -> Json:
    return {"type": "array", "prefixItems": list(items), "items": False, "minItems": len(items)}


def reference(name: str) -> Json:
    """To a schema of this page."""
    return {"$ref": f"#/components/schemas/{name}"}


_MAYBE_MOMENT: Final = {name: _maybe(schema) for name, schema in _MOMENT.items()}
_LEVELS: Final = _list(_row(_PRICE, _AMOUNT))
_TICKER: Final[dict[str, Json]] = {
    "market": _TEXT,
    "open": _maybe(_PRICE),
    "high": _maybe(_PRICE),
    "low": _maybe(_PRICE),
    "last": _maybe(_PRICE),
    "change": _maybe(_PRICE),
    "change_percent": _maybe({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}),
    "volume": _AMOUNT,
    "quote_volume": _AMOUNT,
    "vwap": _maybe(_PRICE),
    "trades": _COUNT,
    "bid": _maybe(_PRICE),
    "bid_amount": _maybe(_AMOUNT),
    "ask": _maybe(_PRICE),
    "ask_amount": _maybe(_AMOUNT),
}
_FEE: Final[Json] = {"type": "string", "pattern": r"^[0-9]\.[0-9]{6}$", "description": "part of what is received"}

SCHEMAS: Final[dict[str, Json]] = {
    "Error": _object(error=_object(code={"type": "string", "enum": [code.value for code in HttpCode]}, message=_TEXT)),
    "Market": _object(
        id=_COUNT,
        name=_TEXT,
        base=_TEXT,
        quote=_TEXT,
        status=_MARKET_STATUS,
        price_decimals=_COUNT,
        tick=_PRICE,
        lot=_AMOUNT,
        min_notional=_AMOUNT,
        maker_fee=_FEE,
        taker_fee=_FEE,
        price_band={"type": ["string", "null"]},
    ),
    "Markets": _object(markets=_list(reference("Market"))),
    "Book": _object(
        market=_TEXT,
        depth=_COUNT,
        group=_PRICE,
        sequence=_COUNT,
        **_MOMENT,
        checksum={**_COUNT, "description": "CRC32 over the best ten levels of both sides"},
        bids=_LEVELS,
        asks=_LEVELS,
    ),
    "Trade": _object(
        id=_TRADE_ID,
        side={"type": "string", "enum": ["buy", "sell"], "description": "of the taker"},
        price=_PRICE,
        amount=_AMOUNT,
        cost=_AMOUNT,
        taker_order=_COUNT,
        maker_order=_COUNT,
        apex=_COUNT,
        **_MOMENT,
    ),
    "Trades": _object(
        market=_TEXT,
        trades=_list(reference("Trade")),
        before=_maybe(
            {**_TRADE_ID, "description": "for the page of older trades; null when there are none, or none on this page"}
        ),
        after=_maybe({**_TRADE_ID, "description": "for the page of newer trades, which may come"}),
    ),
    "Ticker": _object(sequence=_COUNT, **_MOMENT, **_TICKER),
    "Tickers": _object(sequence=_COUNT, **_MOMENT, tickers=_list(_object(**_TICKER))),
    "Candle": {
        **_row(_COUNT, _PRICE, _PRICE, _PRICE, _PRICE, _AMOUNT, _AMOUNT, _COUNT),
        "description": "timestamp of the period's begin, open, high, low, close, volume, quote_volume, trades",
    },
    "Candles": _object(
        period={"type": "string", "enum": list(PERIODS)},
        candles=_list(reference("Candle")),
        next=_maybe({**_COUNT, "description": "start of the next page; null when the range has no more"}),
    ),
    "Asset": _object(
        id=_COUNT,
        name=_TEXT,
        asset={"type": "string", "description": "native or CODE:ISSUER"},
        minimum_deposit=_AMOUNT,
        status={"type": "string", "enum": ["open", "suspended"]},
        suspension=_maybe(
            _object(reason={"type": "string", "enum": [item.name for item in SuspensionReason]}, apex=_COUNT, **_MOMENT)
        ),
    ),
    "Assets": _object(assets=_list(reference("Asset"))),
    "Settings": _object(
        version=_COUNT,
        apex=_maybe(_COUNT),
        **_MAYBE_MOMENT,
        settings=_object(
            constellation_id=_HEX,
            settings_hash=_HEX,
            rules=_COUNT,
            network_passphrase=_TEXT,
            vault=_ADDRESS,
            alpha=_ADDRESS,
            auditors=_list(_ADDRESS),
            quorum_rule={"type": "string", "enum": [item.name for item in QuorumRule]},
            channels=_list(_object(account=_ADDRESS, sequence=_TEXT)),
            ledger_cursor=_TEXT,
            vault_reserve=_AMOUNT,
            fee_account=_ADDRESS,
            minimum_balance=_AMOUNT,
            transaction_fee_stroops=_COUNT,
            withdrawal_lifetime_s=_COUNT,
            approval_lifetime_s=_COUNT,
            limits=_object(
                validity_us=_COUNT,
                open_orders=_COUNT,
                fills=_COUNT,
                withdrawals=_COUNT,
                requests_per_second=_COUNT,
                burst=_COUNT,
            ),
            assets=_list(_object(asset=_TEXT, minimum_deposit=_AMOUNT, approval_above=_AMOUNT)),
            markets=_list(
                _object(
                    base=_COUNT,
                    quote=_COUNT,
                    price_decimals=_COUNT,
                    tick=_COUNT,
                    lot=_AMOUNT,
                    minimum_notional=_AMOUNT,
                    maker_fee_ppm=_COUNT,
                    taker_fee_ppm=_COUNT,
                    status={"type": "string", "enum": [item.name for item in MarketStatus]},
                    price_band_ppm=_COUNT,
                )
            ),
        ),
    ),
    "Batch": _object(
        number=_COUNT,
        epoch=_COUNT,
        version=_COUNT,
        first_apex=_COUNT,
        last_apex=_COUNT,
        **_MOMENT,
        quanta=_COUNT,
        effects=_COUNT,
        digest=_HEX,
        previous=_HEX,
        quanta_root=_HEX,
        state_root=_maybe(_HEX),
        certified_by={**_COUNT, "description": "number of the batch whose certificate covers this one"},
        signers={**_list(_ADDRESS), "description": "auditors who signed that certificate"},
        certificate={**_HEX, "description": "itself, as XDR: anybody who knows the settings can check it"},
    ),
    "ProofOfReserves": {
        "type": "object",
        "description": "a document for `constellation verify-balance`",
        "properties": {"format": _TEXT, "version": _COUNT, "constellation": _HEX},
    },
    "Status": _object(
        constellation=_HEX,
        settings_version=_COUNT,
        **_MOMENT,
        feed=_object(sequence=_COUNT, **_MOMENT, age_ms=_COUNT),
        history=_object(epoch=_COUNT, batch=_COUNT, apex=_COUNT, digest=_HEX, **_MAYBE_MOMENT),
        mode=_object(name={"type": "string", "enum": [mode.name.lower() for mode in Mode]}, reason=_TEXT, since=_TEXT),
        markets=_list(_object(market=_TEXT, status=_MARKET_STATUS)),
    ),
    "StellarToml": {**_TEXT, "description": "TOML, as SEP-1 says"},
    "Terminal": _object(
        network_passphrase=_TEXT,
        client_url=_maybe({**_TEXT, "description": "of alpha's gateway; null where one can only look"}),
        horizon_url=_maybe({**_TEXT, "description": "of a Horizon that browsers may ask"}),
        sandbox={"type": "boolean", "description": "whether that Horizon has a friendbot, and money is worth nothing"},
        settings={"type": "object", "description": "of genesis: what clients trust"},
    ),
    "OpenApi": {"type": "object", "properties": {"openapi": _TEXT, "paths": {"type": "object"}}},
}
"""All answers, and what they are made of."""
