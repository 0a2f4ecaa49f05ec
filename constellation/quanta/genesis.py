"""What settings must satisfy before a constellation can start from them."""

from collections.abc import Iterable

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import AssetSettings, CreditAsset, MarketSettings, Settings
from constellation.quanta.rules import RULES, describe_known

_FEE_MAX_PPM = 100_000
_FILLS_MAX = 1000  # an order's fills and its makers' effects must fit one effect group
_RATE_MAX = 1_000_000
_PRICE_DECIMALS_MAX = 12
_APPROVAL_MAX_S = 30 * 86_400
_BAND_MAX_PPM = 100_000_000  # a hundred times the last price: whoever wants more wants none


def validate_settings(settings: Settings) -> list[str]:
    """Everything that is wrong with ``settings``, one sentence each; empty when they are valid."""
    return [
        *_members(settings),
        *_numbers(settings),
        *_assets(settings.assets, settings.vault),
        *(text for number, market in enumerate(settings.markets) for text in _market(number, market, settings)),
        *_duplicate_markets(settings.markets),
    ]


def _members(settings: Settings) -> Iterable[str]:
    if not settings.auditors:
        yield "there must be at least one auditor"
    on_the_ledger = [settings.vault, *(channel.account for channel in settings.channels)]
    keys = [*on_the_ledger, settings.alpha, *settings.auditors]
    if len(dict.fromkeys(keys)) != len(keys):
        yield "vault, alpha, auditors and channels must all have different keys"
    if settings.fee_account in on_the_ledger:
        yield "the fee account cannot be the vault or a channel"
    if not settings.channels:
        yield "there must be at least one channel account: withdrawals need a source"
    if not all(0 <= channel.sequence < INT64_MAX for channel in settings.channels):
        yield "a channel's sequence must be its account's on the ledger, at least 0"


def _numbers(settings: Settings) -> Iterable[str]:
    if settings.rules not in RULES:
        yield f"rules {settings.rules} are not known to this version of Constellation, which knows {describe_known()}"
    if not 0 < settings.minimum_balance <= INT64_MAX:
        yield "minimum_balance must be positive"
    if settings.vault_reserve < 0:
        yield "vault_reserve cannot be negative"
    if settings.transaction_fee < 100:
        yield "transaction_fee is below the ledger's minimum of 100 stroops"
    if not 30 <= settings.withdrawal_lifetime_s <= 3600:
        yield "withdrawal_lifetime_s must be between 30 and 3600"
    if not 60 <= settings.approval_lifetime_s <= _APPROVAL_MAX_S:
        yield f"approval_lifetime_s must be between 60 and {_APPROVAL_MAX_S}"
    if settings.limits.validity_us <= 0:
        yield "limits.validity_us must be positive"
    if not 0 < settings.limits.fills <= _FILLS_MAX:
        yield f"limits.fills must be between 1 and {_FILLS_MAX}"
    if not 0 < settings.limits.open_orders <= 10_000:
        yield "limits.open_orders must be between 1 and 10000"
    if not 0 < settings.limits.withdrawals <= 1000:
        yield "limits.withdrawals must be between 1 and 1000"
    for name, rate in (("requests_per_second", settings.limits.requests_per_second), ("burst", settings.limits.burst)):
        if not 0 < rate <= _RATE_MAX:
            yield f"limits.{name} must be between 1 and {_RATE_MAX}"


def _assets(assets: list[AssetSettings], vault: bytes) -> Iterable[str]:
    if not assets or assets[0].identity is not None:
        yield "asset 0 must be native lumens, the reserve asset"
    identities = [_identity_key(asset) for asset in assets]
    if len(dict.fromkeys(identities)) != len(identities):
        yield "an asset is listed twice"
    for number, asset in enumerate(assets):
        if asset.minimum_deposit < 1:
            yield f"asset {number}: minimum_deposit must be at least one stroop"
        if asset.approval_above < 0:
            yield f"asset {number}: approval_above must not be negative; 0 for none"
        if isinstance(asset.identity, CreditAsset) and not is_asset_code(asset.identity.code):
            yield f"asset {number}: {asset.identity.code!r} is not an asset code (1 to 12 letters and digits)"
        if isinstance(asset.identity, CreditAsset) and asset.identity.issuer == vault:
            yield f"asset {number}: the vault cannot hold what it issues itself"


def _identity_key(asset: AssetSettings) -> tuple[str, bytes]:
    return ("", b"") if asset.identity is None else (asset.identity.code, asset.identity.issuer)


def is_asset_code(code: str) -> bool:
    """Whether the ledger can have an asset of this code."""
    return 1 <= len(code) <= 12 and code.isascii() and code.isalnum()


def _market(number: int, market: MarketSettings, settings: Settings) -> Iterable[str]:
    if market.base == market.quote or not max(market.base, market.quote) < len(settings.assets):
        yield f"market {number}: base and quote must be two listed assets"
    if market.price_decimals > _PRICE_DECIMALS_MAX:
        yield f"market {number}: price_decimals is over {_PRICE_DECIMALS_MAX}"
        return
    if market.tick < 1 or market.lot < 1 or market.minimum_notional < 1:
        yield f"market {number}: tick, lot and minimum_notional must be positive"
    elif market.tick * market.lot % 10**market.price_decimals:
        yield (
            f"market {number}: lot x tick = {market.lot * market.tick} is no multiple of "
            f"10^{market.price_decimals}, so fills would need rounding"
        )
    if max(market.maker_fee_ppm, market.taker_fee_ppm) > _FEE_MAX_PPM:
        yield f"market {number}: a fee is over {_FEE_MAX_PPM} ppm"
    if market.price_band_ppm > _BAND_MAX_PPM:
        yield f"market {number}: price_band_ppm is over {_BAND_MAX_PPM}"


def _duplicate_markets(markets: list[MarketSettings]) -> Iterable[str]:
    pairs = [(market.base, market.quote) for market in markets]
    if len(dict.fromkeys(pairs)) != len(pairs):
        yield "a market is listed twice"
