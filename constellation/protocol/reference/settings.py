"""Readable codec of settings.x.

Generated from xdr/settings.x by tools/xdr_generator.py; do not edit.

What a constellation agrees on at genesis. Its hash is the parent of the first batch.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.common import MAX_AUDITORS, QuorumRule
from constellation.protocol.messages.settings import (
    MAX_ASSETS,
    MAX_CHANNELS,
    MAX_MARKETS,
    AssetSettings,
    ChannelSettings,
    MarketSettings,
    MarketStatus,
    RequestLimits,
    Settings,
)
from constellation.protocol.reference.common import pack_asset_identity, unpack_asset_identity
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_enum,
    pack_fixed_opaque,
    pack_int64,
    pack_string,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_string,
    unpack_uint32,
    unpack_uint64,
)


def pack_channel_settings(packer: Packer, value: ChannelSettings) -> None:
    """Packs ChannelSettings."""
    expect_class(value, ChannelSettings)
    pack_fixed_opaque(packer, value.account, 32, "ChannelSettings.account")
    pack_int64(packer, value.sequence, "ChannelSettings.sequence")


def unpack_channel_settings(unpacker: Unpacker) -> ChannelSettings:
    """Unpacks ChannelSettings."""
    return ChannelSettings(
        account=unpack_fixed_opaque(unpacker, 32, "ChannelSettings.account"),
        sequence=unpack_int64(unpacker, "ChannelSettings.sequence"),
    )


def pack_asset_settings(packer: Packer, value: AssetSettings) -> None:
    """Packs AssetSettings."""
    expect_class(value, AssetSettings)
    pack_asset_identity(packer, value.identity)
    pack_int64(packer, value.minimum_deposit, "AssetSettings.minimum_deposit")
    pack_int64(packer, value.approval_above, "AssetSettings.approval_above")


def unpack_asset_settings(unpacker: Unpacker) -> AssetSettings:
    """Unpacks AssetSettings."""
    return AssetSettings(
        identity=unpack_asset_identity(unpacker),
        minimum_deposit=unpack_int64(unpacker, "AssetSettings.minimum_deposit"),
        approval_above=unpack_int64(unpacker, "AssetSettings.approval_above"),
    )


def pack_market_settings(packer: Packer, value: MarketSettings) -> None:
    """Packs MarketSettings."""
    expect_class(value, MarketSettings)
    pack_uint32(packer, value.base, "MarketSettings.base")
    pack_uint32(packer, value.quote, "MarketSettings.quote")
    pack_uint32(packer, value.price_decimals, "MarketSettings.price_decimals")
    pack_int64(packer, value.tick, "MarketSettings.tick")
    pack_int64(packer, value.lot, "MarketSettings.lot")
    pack_int64(packer, value.minimum_notional, "MarketSettings.minimum_notional")
    pack_uint32(packer, value.maker_fee_ppm, "MarketSettings.maker_fee_ppm")
    pack_uint32(packer, value.taker_fee_ppm, "MarketSettings.taker_fee_ppm")
    pack_enum(packer, value.status, MarketStatus, "MarketSettings.status")
    pack_uint32(packer, value.price_band_ppm, "MarketSettings.price_band_ppm")


def unpack_market_settings(unpacker: Unpacker) -> MarketSettings:
    """Unpacks MarketSettings."""
    return MarketSettings(
        base=unpack_uint32(unpacker, "MarketSettings.base"),
        quote=unpack_uint32(unpacker, "MarketSettings.quote"),
        price_decimals=unpack_uint32(unpacker, "MarketSettings.price_decimals"),
        tick=unpack_int64(unpacker, "MarketSettings.tick"),
        lot=unpack_int64(unpacker, "MarketSettings.lot"),
        minimum_notional=unpack_int64(unpacker, "MarketSettings.minimum_notional"),
        maker_fee_ppm=unpack_uint32(unpacker, "MarketSettings.maker_fee_ppm"),
        taker_fee_ppm=unpack_uint32(unpacker, "MarketSettings.taker_fee_ppm"),
        status=unpack_enum(unpacker, MarketStatus, "MarketSettings.status"),
        price_band_ppm=unpack_uint32(unpacker, "MarketSettings.price_band_ppm"),
    )


def pack_request_limits(packer: Packer, value: RequestLimits) -> None:
    """Packs RequestLimits."""
    expect_class(value, RequestLimits)
    pack_int64(packer, value.validity_us, "RequestLimits.validity_us")
    pack_uint32(packer, value.open_orders, "RequestLimits.open_orders")
    pack_uint32(packer, value.fills, "RequestLimits.fills")
    pack_uint32(packer, value.withdrawals, "RequestLimits.withdrawals")
    pack_uint32(packer, value.requests_per_second, "RequestLimits.requests_per_second")
    pack_uint32(packer, value.burst, "RequestLimits.burst")


def unpack_request_limits(unpacker: Unpacker) -> RequestLimits:
    """Unpacks RequestLimits."""
    return RequestLimits(
        validity_us=unpack_int64(unpacker, "RequestLimits.validity_us"),
        open_orders=unpack_uint32(unpacker, "RequestLimits.open_orders"),
        fills=unpack_uint32(unpacker, "RequestLimits.fills"),
        withdrawals=unpack_uint32(unpacker, "RequestLimits.withdrawals"),
        requests_per_second=unpack_uint32(unpacker, "RequestLimits.requests_per_second"),
        burst=unpack_uint32(unpacker, "RequestLimits.burst"),
    )


def pack_settings(packer: Packer, value: Settings) -> None:
    """Packs Settings."""
    expect_class(value, Settings)
    pack_uint32(packer, value.rules, "Settings.rules")
    pack_string(packer, value.network_passphrase, 128, "Settings.network_passphrase")
    pack_fixed_opaque(packer, value.vault, 32, "Settings.vault")
    pack_fixed_opaque(packer, value.alpha, 32, "Settings.alpha")
    pack_array(
        packer,
        value.auditors,
        lambda packer, item: pack_fixed_opaque(packer, item, 32, "Settings.auditors"),
        MAX_AUDITORS,
        "Settings.auditors",
    )
    pack_enum(packer, value.quorum_rule, QuorumRule, "Settings.quorum_rule")
    pack_array(packer, value.channels, pack_channel_settings, MAX_CHANNELS, "Settings.channels")
    pack_uint64(packer, value.ledger_cursor, "Settings.ledger_cursor")
    pack_int64(packer, value.vault_reserve, "Settings.vault_reserve")
    pack_fixed_opaque(packer, value.fee_account, 32, "Settings.fee_account")
    pack_int64(packer, value.minimum_balance, "Settings.minimum_balance")
    pack_uint32(packer, value.transaction_fee, "Settings.transaction_fee")
    pack_uint32(packer, value.withdrawal_lifetime_s, "Settings.withdrawal_lifetime_s")
    pack_uint32(packer, value.approval_lifetime_s, "Settings.approval_lifetime_s")
    pack_request_limits(packer, value.limits)
    pack_array(packer, value.assets, pack_asset_settings, MAX_ASSETS, "Settings.assets")
    pack_array(packer, value.markets, pack_market_settings, MAX_MARKETS, "Settings.markets")


def unpack_settings(unpacker: Unpacker) -> Settings:
    """Unpacks Settings."""
    return Settings(
        rules=unpack_uint32(unpacker, "Settings.rules"),
        network_passphrase=unpack_string(unpacker, 128, "Settings.network_passphrase"),
        vault=unpack_fixed_opaque(unpacker, 32, "Settings.vault"),
        alpha=unpack_fixed_opaque(unpacker, 32, "Settings.alpha"),
        auditors=unpack_array(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "Settings.auditors"),
            32,
            MAX_AUDITORS,
            "Settings.auditors",
        ),
        quorum_rule=unpack_enum(unpacker, QuorumRule, "Settings.quorum_rule"),
        channels=unpack_array(unpacker, unpack_channel_settings, 40, MAX_CHANNELS, "Settings.channels"),
        ledger_cursor=unpack_uint64(unpacker, "Settings.ledger_cursor"),
        vault_reserve=unpack_int64(unpacker, "Settings.vault_reserve"),
        fee_account=unpack_fixed_opaque(unpacker, 32, "Settings.fee_account"),
        minimum_balance=unpack_int64(unpacker, "Settings.minimum_balance"),
        transaction_fee=unpack_uint32(unpacker, "Settings.transaction_fee"),
        withdrawal_lifetime_s=unpack_uint32(unpacker, "Settings.withdrawal_lifetime_s"),
        approval_lifetime_s=unpack_uint32(unpacker, "Settings.approval_lifetime_s"),
        limits=unpack_request_limits(unpacker),
        assets=unpack_array(unpacker, unpack_asset_settings, 20, MAX_ASSETS, "Settings.assets"),
        markets=unpack_array(unpacker, unpack_market_settings, 52, MAX_MARKETS, "Settings.markets"),
    )
