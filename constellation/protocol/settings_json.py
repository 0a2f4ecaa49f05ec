"""The constellation's settings as a JSON document that people can read and compare.

Keys are in Stellar's text form, amounts are decimal text, prices stay integers in the market's own units. The file also
carries the settings' hash, so that a changed file is noticed when it is read.
"""

from collections.abc import Callable
from typing import Any

from constellation.protocol.amounts import format_amount, parse_amount
from constellation.protocol.messages import (
    AssetIdentity,
    AssetSettings,
    ChannelSettings,
    CreditAsset,
    MarketSettings,
    MarketStatus,
    QuorumRule,
    RequestLimits,
    Settings,
)
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.xdr import UnencodableMessage

Json = dict[str, Any]


def format_asset(identity: AssetIdentity) -> str:
    """``native`` or ``CODE:ISSUER`` (SEP-11)."""
    return "native" if identity is None else f"{identity.code}:{encode_public_key(identity.issuer)}"


def parse_asset(text: str) -> AssetIdentity:
    """The asset behind ``native``, ``XLM`` or ``CODE:ISSUER``.

    Raises:
        ValueError: it is neither.
    """
    if text in ("native", "XLM"):
        return None
    code, separator, issuer = text.partition(":")
    if not separator or not (1 <= len(code) <= 12 and code.isascii() and code.isalnum()):
        raise ValueError(f"{text!r} is not an asset: write native or CODE:ISSUER")
    return CreditAsset(code, decode_public_key(issuer))


def settings_to_json(settings: Settings) -> Json:
    """A document of JSON types with everything in ``settings``, their hash and the constellation's id."""
    limits = settings.limits
    return {
        "constellation_id": settings_constellation_id(settings).hex(),
        "settings_hash": settings_hash(settings).hex(),
        "rules": settings.rules,
        "network_passphrase": settings.network_passphrase,
        "vault": encode_public_key(settings.vault),
        "alpha": encode_public_key(settings.alpha),
        "auditors": [encode_public_key(key) for key in settings.auditors],
        "quorum_rule": settings.quorum_rule.name,
        "channels": [
            {"account": encode_public_key(channel.account), "sequence": str(channel.sequence)}
            for channel in settings.channels
        ],
        "ledger_cursor": str(settings.ledger_cursor),
        "vault_reserve": format_amount(settings.vault_reserve),
        "fee_account": encode_public_key(settings.fee_account),
        "minimum_balance": format_amount(settings.minimum_balance),
        "transaction_fee_stroops": settings.transaction_fee,
        "withdrawal_lifetime_s": settings.withdrawal_lifetime_s,
        "approval_lifetime_s": settings.approval_lifetime_s,
        "limits": {
            "validity_us": limits.validity_us,
            "open_orders": limits.open_orders,
            "fills": limits.fills,
            "withdrawals": limits.withdrawals,
            "requests_per_second": limits.requests_per_second,
            "burst": limits.burst,
        },
        "assets": [
            {
                "asset": format_asset(asset.identity),
                "minimum_deposit": format_amount(asset.minimum_deposit),
                "approval_above": format_amount(asset.approval_above),
            }
            for asset in settings.assets
        ],
        "markets": [_market_to_json(market) for market in settings.markets],
    }


def _market_to_json(market: MarketSettings) -> Json:
    return {
        "base": market.base,
        "quote": market.quote,
        "price_decimals": market.price_decimals,
        "tick": market.tick,
        "lot": format_amount(market.lot),
        "minimum_notional": format_amount(market.minimum_notional),
        "maker_fee_ppm": market.maker_fee_ppm,
        "taker_fee_ppm": market.taker_fee_ppm,
        "status": market.status.name,
        "price_band_ppm": market.price_band_ppm,
    }


def settings_from_json(document: Json) -> Settings:
    """The settings in a document that :func:`settings_to_json` made.

    Raises:
        ValueError: something is missing, malformed, or does not fit the hash in the document.
    """
    settings = edited_settings_from_json(document)
    found = settings_hash(settings).hex()
    if document.get("settings_hash") != found:
        raise ValueError(f"the settings were changed: their hash is {found}, the document says otherwise")
    return settings


def edited_settings_from_json(document: Json) -> Settings:
    """The settings in a document that somebody has changed on purpose: its hash is not looked at.

    Raises:
        ValueError: something is missing or malformed.
    """
    try:
        settings = _parse(document)
        settings.to_xdr()
    except (KeyError, TypeError, AttributeError, OverflowError, UnencodableMessage) as error:
        raise ValueError(f"the settings lack or misstate something: {error!r}") from None
    return settings


def _list(items: list[Json], parse: Callable[[Json], Any]) -> list[Any]:
    return [parse(item) for item in items]


def _parse(document: Json) -> Settings:
    return Settings(
        rules=document["rules"],
        network_passphrase=document["network_passphrase"],
        vault=decode_public_key(document["vault"]),
        alpha=decode_public_key(document["alpha"]),
        auditors=[decode_public_key(text) for text in document["auditors"]],
        quorum_rule=QuorumRule[document["quorum_rule"]],
        channels=_list(
            document["channels"],
            lambda item: ChannelSettings(decode_public_key(item["account"]), int(item["sequence"])),
        ),
        ledger_cursor=int(document["ledger_cursor"]),
        vault_reserve=parse_amount(document["vault_reserve"]),
        fee_account=decode_public_key(document["fee_account"]),
        minimum_balance=parse_amount(document["minimum_balance"]),
        transaction_fee=document["transaction_fee_stroops"],
        withdrawal_lifetime_s=document["withdrawal_lifetime_s"],
        approval_lifetime_s=document["approval_lifetime_s"],
        limits=RequestLimits(**document["limits"]),
        assets=_list(
            document["assets"],
            lambda item: AssetSettings(
                parse_asset(item["asset"]),
                parse_amount(item["minimum_deposit"]),
                parse_amount(item["approval_above"]),
            ),
        ),
        markets=_list(document["markets"], _market_from_json),
    )


def _market_from_json(item: Json) -> MarketSettings:
    return MarketSettings(
        base=item["base"],
        quote=item["quote"],
        price_decimals=item["price_decimals"],
        tick=item["tick"],
        lot=parse_amount(item["lot"]),
        minimum_notional=parse_amount(item["minimum_notional"]),
        maker_fee_ppm=item["maker_fee_ppm"],
        taker_fee_ppm=item["taker_fee_ppm"],
        status=MarketStatus[item["status"]],
        price_band_ppm=item["price_band_ppm"],
    )
