"""Messages of settings.x.

Generated from xdr/settings.x by tools/xdr_generator.py; do not edit.

What a constellation agrees on at genesis. Its hash is the parent of the first batch.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import (
    _ASSET_IDENTITY_DISCRIMINANT,
    _ASSET_IDENTITY_READERS,
    _ASSET_IDENTITY_WRITERS,
    _QUORUM_RULE_MEMBERS,
    MAX_AUDITORS,
    Amount,
    AssetId,
    AssetIdentity,
    Key,
    LedgerCursor,
    Price,
    QuorumRule,
)
from constellation.protocol.xdr import (
    INT64,
    LENGTH,
    UINT32,
    UINT64,
    Enumerated,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    read_opaques,
    read_string,
    refuse_count,
    write_opaques,
    write_string,
)

MAX_CHANNELS: Final = 64

MAX_ASSETS: Final = 256

MAX_MARKETS: Final = 1024


class MarketStatus(IntEnum):
    """The enum MarketStatus of settings.x.

    XDR::

        enum MarketStatus {
            MARKET_OPEN = 0,
            MARKET_CANCEL_ONLY = 1,
            MARKET_HALTED = 2,
            MARKET_POST_ONLY = 3
        };
    """

    MARKET_OPEN = 0
    MARKET_CANCEL_ONLY = 1
    MARKET_HALTED = 2
    MARKET_POST_ONLY = 3


_MARKET_STATUS_MEMBERS: Final[dict[int, MarketStatus]] = {member.value: member for member in MarketStatus}


@dataclass(slots=True, init=False)
class ChannelSettings:
    """The struct ChannelSettings of settings.x.

    XDR::

        struct ChannelSettings {
            Key account;
            hyper sequence;                   // on the ledger, at genesis
        };
    """

    account: Key
    sequence: int

    def __init__(self, account: Key, sequence: int) -> None:
        self.account = account
        self.sequence = sequence

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ChannelSettings, (
            self.account,
            self.sequence,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_channel_settings(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ChannelSettings":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_channel_settings(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ChannelSettings")
        return value


_CHANNEL_SETTINGS_0: Fields = (
    ("ChannelSettings", "", Instance(ChannelSettings)),
    ("ChannelSettings.account", "account", Opaque(32)),
    ("ChannelSettings.sequence", "sequence", INT64),
)
_pack_channel_settings_0: Final = Struct(">32sq").pack


def _write_channel_settings(value: Any) -> bytes:
    try:
        if type(value) is not ChannelSettings:
            raise ValueError
        account = value.account
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_channel_settings_0(account, value.sequence)
    except Exception:
        explain_unencodable(value, _CHANNEL_SETTINGS_0)
        raise
    return part_0


_unpack_channel_settings_0: Final = Struct(">32sq").unpack_from


def _read_channel_settings(data: bytes, offset: int) -> tuple[ChannelSettings, int]:
    try:
        account, sequence = _unpack_channel_settings_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CHANNEL_SETTINGS_0)
        raise
    return ChannelSettings(account, sequence), offset + 40


@dataclass(slots=True, init=False)
class AssetSettings:
    """The struct AssetSettings of settings.x.

    XDR::

        struct AssetSettings {
            AssetIdentity identity;
            Amount minimum_deposit;
            Amount approval_above;            // a larger withdrawal waits until the auditors' operators approve it; 0: none does
        };
    """

    identity: AssetIdentity
    minimum_deposit: Amount
    approval_above: Amount

    def __init__(self, identity: AssetIdentity, minimum_deposit: Amount, approval_above: Amount) -> None:
        self.identity = identity
        self.minimum_deposit = minimum_deposit
        self.approval_above = approval_above

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AssetSettings, (
            self.identity,
            self.minimum_deposit,
            self.approval_above,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_asset_settings(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AssetSettings":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_asset_settings(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AssetSettings")
        return value


_ASSET_SETTINGS_0: Fields = (
    ("AssetSettings", "", Instance(AssetSettings)),
    ("AssetIdentity.type", "identity", _ASSET_IDENTITY_DISCRIMINANT),
)
_ASSET_SETTINGS_1: Fields = (
    ("AssetSettings.minimum_deposit", "minimum_deposit", INT64),
    ("AssetSettings.approval_above", "approval_above", INT64),
)
_pack_asset_settings_1: Final = Struct(">qq").pack


def _write_asset_settings(value: Any) -> bytes:
    try:
        if type(value) is not AssetSettings:
            raise ValueError
        identity = value.identity
    except Exception:
        explain_unencodable(value, _ASSET_SETTINGS_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(identity)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(identity)
    try:
        part_1 = _pack_asset_settings_1(value.minimum_deposit, value.approval_above)
    except Exception:
        explain_unencodable(value, _ASSET_SETTINGS_1)
        raise
    return tail_0 + part_1


_unpack_asset_settings_0: Final = Struct(">4s").unpack_from
_unpack_asset_settings_1: Final = Struct(">qq").unpack_from


def _read_asset_settings(data: bytes, offset: int) -> tuple[AssetSettings, int]:
    try:
        (identity__read,) = _unpack_asset_settings_0(data, offset)
        identity__read = _ASSET_IDENTITY_READERS[identity__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ASSET_SETTINGS_0)
        raise
    offset += 4
    identity, offset = identity__read(data, offset)
    try:
        minimum_deposit, approval_above = _unpack_asset_settings_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _ASSET_SETTINGS_1)
        raise
    return AssetSettings(identity, minimum_deposit, approval_above), offset + 16


@dataclass(slots=True, init=False)
class MarketSettings:
    """The struct MarketSettings of settings.x.

    XDR::

        struct MarketSettings {
            AssetId base;
            AssetId quote;
            unsigned int price_decimals;
            Price tick;
            Amount lot;
            Amount minimum_notional;
            unsigned int maker_fee_ppm;
            unsigned int taker_fee_ppm;
            MarketStatus status;
            unsigned int price_band_ppm;      // how far beyond the last trade an order may go; 0: as far as it likes
        };
    """

    base: AssetId
    quote: AssetId
    price_decimals: int
    tick: Price
    lot: Amount
    minimum_notional: Amount
    maker_fee_ppm: int
    taker_fee_ppm: int
    status: MarketStatus
    price_band_ppm: int

    def __init__(
        self,
        base: AssetId,
        quote: AssetId,
        price_decimals: int,
        tick: Price,
        lot: Amount,
        minimum_notional: Amount,
        maker_fee_ppm: int,
        taker_fee_ppm: int,
        status: MarketStatus,
        price_band_ppm: int,
    ) -> None:
        self.base = base
        self.quote = quote
        self.price_decimals = price_decimals
        self.tick = tick
        self.lot = lot
        self.minimum_notional = minimum_notional
        self.maker_fee_ppm = maker_fee_ppm
        self.taker_fee_ppm = taker_fee_ppm
        self.status = status
        self.price_band_ppm = price_band_ppm

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return MarketSettings, (
            self.base,
            self.quote,
            self.price_decimals,
            self.tick,
            self.lot,
            self.minimum_notional,
            self.maker_fee_ppm,
            self.taker_fee_ppm,
            self.status,
            self.price_band_ppm,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_market_settings(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "MarketSettings":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_market_settings(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "MarketSettings")
        return value


_MARKET_SETTINGS_0: Fields = (
    ("MarketSettings", "", Instance(MarketSettings)),
    ("MarketSettings.base", "base", UINT32),
    ("MarketSettings.quote", "quote", UINT32),
    ("MarketSettings.price_decimals", "price_decimals", UINT32),
    ("MarketSettings.tick", "tick", INT64),
    ("MarketSettings.lot", "lot", INT64),
    ("MarketSettings.minimum_notional", "minimum_notional", INT64),
    ("MarketSettings.maker_fee_ppm", "maker_fee_ppm", UINT32),
    ("MarketSettings.taker_fee_ppm", "taker_fee_ppm", UINT32),
    ("MarketSettings.status", "status", Enumerated(_MARKET_STATUS_MEMBERS)),
    ("MarketSettings.price_band_ppm", "price_band_ppm", UINT32),
)
_pack_market_settings_0: Final = Struct(">IIIqqqIIiI").pack


def _write_market_settings(value: Any) -> bytes:
    try:
        if type(value) is not MarketSettings:
            raise ValueError
        status = value.status
        if status not in _MARKET_STATUS_MEMBERS:
            raise ValueError
        part_0 = _pack_market_settings_0(
            value.base,
            value.quote,
            value.price_decimals,
            value.tick,
            value.lot,
            value.minimum_notional,
            value.maker_fee_ppm,
            value.taker_fee_ppm,
            status,
            value.price_band_ppm,
        )
    except Exception:
        explain_unencodable(value, _MARKET_SETTINGS_0)
        raise
    return part_0


_unpack_market_settings_0: Final = Struct(">IIIqqqIIiI").unpack_from


def _read_market_settings(data: bytes, offset: int) -> tuple[MarketSettings, int]:
    try:
        (
            base,
            quote,
            price_decimals,
            tick,
            lot,
            minimum_notional,
            maker_fee_ppm,
            taker_fee_ppm,
            status,
            price_band_ppm,
        ) = _unpack_market_settings_0(data, offset)
        status = _MARKET_STATUS_MEMBERS[status]
    except (StructError, KeyError):
        explain_malformed(data, offset, _MARKET_SETTINGS_0)
        raise
    return MarketSettings(
        base, quote, price_decimals, tick, lot, minimum_notional, maker_fee_ppm, taker_fee_ppm, status, price_band_ppm
    ), offset + 52


@dataclass(slots=True, init=False)
class RequestLimits:
    """The struct RequestLimits of settings.x.

    XDR::

        struct RequestLimits {
            hyper validity_us;                // how far ahead `valid_until` may be
            unsigned int open_orders;         // per account
            unsigned int fills;               // per quantum; what is left of the order is cancelled
            unsigned int withdrawals;         // waiting or pending, per account
            unsigned int requests_per_second; // per account, in the long run: alpha's gateway counts, no quantum depends on it
            unsigned int burst;               // of them at once
        };
    """

    validity_us: int
    open_orders: int
    fills: int
    withdrawals: int
    requests_per_second: int
    burst: int

    def __init__(
        self, validity_us: int, open_orders: int, fills: int, withdrawals: int, requests_per_second: int, burst: int
    ) -> None:
        self.validity_us = validity_us
        self.open_orders = open_orders
        self.fills = fills
        self.withdrawals = withdrawals
        self.requests_per_second = requests_per_second
        self.burst = burst

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RequestLimits, (
            self.validity_us,
            self.open_orders,
            self.fills,
            self.withdrawals,
            self.requests_per_second,
            self.burst,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_request_limits(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RequestLimits":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_request_limits(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RequestLimits")
        return value


_REQUEST_LIMITS_0: Fields = (
    ("RequestLimits", "", Instance(RequestLimits)),
    ("RequestLimits.validity_us", "validity_us", INT64),
    ("RequestLimits.open_orders", "open_orders", UINT32),
    ("RequestLimits.fills", "fills", UINT32),
    ("RequestLimits.withdrawals", "withdrawals", UINT32),
    ("RequestLimits.requests_per_second", "requests_per_second", UINT32),
    ("RequestLimits.burst", "burst", UINT32),
)
_pack_request_limits_0: Final = Struct(">qIIIII").pack


def _write_request_limits(value: Any) -> bytes:
    try:
        if type(value) is not RequestLimits:
            raise ValueError
        part_0 = _pack_request_limits_0(
            value.validity_us, value.open_orders, value.fills, value.withdrawals, value.requests_per_second, value.burst
        )
    except Exception:
        explain_unencodable(value, _REQUEST_LIMITS_0)
        raise
    return part_0


_unpack_request_limits_0: Final = Struct(">qIIIII").unpack_from


def _read_request_limits(data: bytes, offset: int) -> tuple[RequestLimits, int]:
    try:
        validity_us, open_orders, fills, withdrawals, requests_per_second, burst = _unpack_request_limits_0(
            data, offset
        )
    except StructError:
        explain_malformed(data, offset, _REQUEST_LIMITS_0)
        raise
    return RequestLimits(validity_us, open_orders, fills, withdrawals, requests_per_second, burst), offset + 28


@dataclass(slots=True, init=False)
class Settings:
    """The struct Settings of settings.x.

    XDR::

        struct Settings {
            unsigned int rules;               // which the core follows: see constellation/quanta/rules.py
            string network_passphrase<128>;
            Key vault;
            Key alpha;
            Key auditors<MAX_AUDITORS>;
            QuorumRule quorum_rule;
            ChannelSettings channels<MAX_CHANNELS>;
            LedgerCursor ledger_cursor;       // deposits count after this point of the ledger
            Amount vault_reserve;             // lumens in the vault at genesis, owed to nobody
            Key fee_account;
            Amount minimum_balance;           // of the reserve asset
            unsigned int transaction_fee;     // what a withdrawal's transaction offers the ledger, in stroops
            unsigned int withdrawal_lifetime_s;
            unsigned int approval_lifetime_s; // after it a withdrawal that waits for an approval is refused
            RequestLimits limits;
            AssetSettings assets<MAX_ASSETS>;
            MarketSettings markets<MAX_MARKETS>;
        };
    """

    rules: int
    network_passphrase: str
    vault: Key
    alpha: Key
    auditors: list[Key]
    quorum_rule: QuorumRule
    channels: list[ChannelSettings]
    ledger_cursor: LedgerCursor
    vault_reserve: Amount
    fee_account: Key
    minimum_balance: Amount
    transaction_fee: int
    withdrawal_lifetime_s: int
    approval_lifetime_s: int
    limits: RequestLimits
    assets: list[AssetSettings]
    markets: list[MarketSettings]

    def __init__(
        self,
        rules: int,
        network_passphrase: str,
        vault: Key,
        alpha: Key,
        auditors: list[Key],
        quorum_rule: QuorumRule,
        channels: list[ChannelSettings],
        ledger_cursor: LedgerCursor,
        vault_reserve: Amount,
        fee_account: Key,
        minimum_balance: Amount,
        transaction_fee: int,
        withdrawal_lifetime_s: int,
        approval_lifetime_s: int,
        limits: RequestLimits,
        assets: list[AssetSettings],
        markets: list[MarketSettings],
    ) -> None:
        self.rules = rules
        self.network_passphrase = network_passphrase
        self.vault = vault
        self.alpha = alpha
        self.auditors = auditors
        self.quorum_rule = quorum_rule
        self.channels = channels
        self.ledger_cursor = ledger_cursor
        self.vault_reserve = vault_reserve
        self.fee_account = fee_account
        self.minimum_balance = minimum_balance
        self.transaction_fee = transaction_fee
        self.withdrawal_lifetime_s = withdrawal_lifetime_s
        self.approval_lifetime_s = approval_lifetime_s
        self.limits = limits
        self.assets = assets
        self.markets = markets

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Settings, (
            self.rules,
            self.network_passphrase,
            self.vault,
            self.alpha,
            self.auditors,
            self.quorum_rule,
            self.channels,
            self.ledger_cursor,
            self.vault_reserve,
            self.fee_account,
            self.minimum_balance,
            self.transaction_fee,
            self.withdrawal_lifetime_s,
            self.approval_lifetime_s,
            self.limits,
            self.assets,
            self.markets,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_settings(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Settings":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_settings(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Settings")
        return value


_SETTINGS_0: Fields = (
    ("Settings", "", Instance(Settings)),
    ("Settings.rules", "rules", UINT32),
    ("Settings.network_passphrase", "network_passphrase", LENGTH),
)
_SETTINGS_1: Fields = (
    ("Settings.vault", "vault", Opaque(32)),
    ("Settings.alpha", "alpha", Opaque(32)),
    ("Settings.auditors", "auditors", Items(MAX_AUDITORS)),
)
_SETTINGS_2: Fields = (
    ("Settings.quorum_rule", "quorum_rule", Enumerated(_QUORUM_RULE_MEMBERS)),
    ("Settings.channels", "channels", Items(MAX_CHANNELS)),
)
_SETTINGS_3: Fields = (
    ("Settings.ledger_cursor", "ledger_cursor", UINT64),
    ("Settings.vault_reserve", "vault_reserve", INT64),
    ("Settings.fee_account", "fee_account", Opaque(32)),
    ("Settings.minimum_balance", "minimum_balance", INT64),
    ("Settings.transaction_fee", "transaction_fee", UINT32),
    ("Settings.withdrawal_lifetime_s", "withdrawal_lifetime_s", UINT32),
    ("Settings.approval_lifetime_s", "approval_lifetime_s", UINT32),
    ("RequestLimits", "limits", Instance(RequestLimits)),
    ("RequestLimits.validity_us", "limits.validity_us", INT64),
    ("RequestLimits.open_orders", "limits.open_orders", UINT32),
    ("RequestLimits.fills", "limits.fills", UINT32),
    ("RequestLimits.withdrawals", "limits.withdrawals", UINT32),
    ("RequestLimits.requests_per_second", "limits.requests_per_second", UINT32),
    ("RequestLimits.burst", "limits.burst", UINT32),
    ("Settings.assets", "assets", Items(MAX_ASSETS)),
)
_SETTINGS_4: Fields = (("Settings.markets", "markets", Items(MAX_MARKETS)),)
_pack_settings_0: Final = Struct(">I").pack
_pack_settings_1: Final = Struct(">32s32sI").pack
_pack_settings_2: Final = Struct(">iI").pack
_pack_settings_3: Final = Struct(">Qq32sqIIIqIIIIII").pack
_pack_settings_4: Final = Struct(">I").pack


def _write_settings(value: Any) -> bytes:
    try:
        if type(value) is not Settings:
            raise ValueError
        network_passphrase = value.network_passphrase
        part_0 = _pack_settings_0(value.rules)
    except Exception:
        explain_unencodable(value, _SETTINGS_0)
        raise
    tail_0 = write_string(network_passphrase, 128, "Settings.network_passphrase")
    try:
        vault = value.vault
        alpha = value.alpha
        auditors: list[Any] = value.auditors
        if len(vault) != 32 or len(alpha) != 32 or type(auditors) is not list or len(auditors) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_settings_1(vault, alpha, len(auditors))
    except Exception:
        explain_unencodable(value, _SETTINGS_1)
        raise
    tail_1 = write_opaques(auditors, 32, "Settings.auditors")
    try:
        quorum_rule = value.quorum_rule
        channels: list[Any] = value.channels
        if quorum_rule not in _QUORUM_RULE_MEMBERS or type(channels) is not list or len(channels) > MAX_CHANNELS:
            raise ValueError
        part_2 = _pack_settings_2(quorum_rule, len(channels))
    except Exception:
        explain_unencodable(value, _SETTINGS_2)
        raise
    tail_2 = b"".join([_write_channel_settings(item) for item in channels])
    try:
        fee_account = value.fee_account
        limits = value.limits
        assets: list[Any] = value.assets
        if (
            len(fee_account) != 32
            or type(limits) is not RequestLimits
            or type(assets) is not list
            or len(assets) > MAX_ASSETS
        ):
            raise ValueError
        part_3 = _pack_settings_3(
            value.ledger_cursor,
            value.vault_reserve,
            fee_account,
            value.minimum_balance,
            value.transaction_fee,
            value.withdrawal_lifetime_s,
            value.approval_lifetime_s,
            limits.validity_us,
            limits.open_orders,
            limits.fills,
            limits.withdrawals,
            limits.requests_per_second,
            limits.burst,
            len(assets),
        )
    except Exception:
        explain_unencodable(value, _SETTINGS_3)
        raise
    tail_3 = b"".join([_write_asset_settings(item) for item in assets])
    try:
        markets: list[Any] = value.markets
        if type(markets) is not list or len(markets) > MAX_MARKETS:
            raise ValueError
        part_4 = _pack_settings_4(len(markets))
    except Exception:
        explain_unencodable(value, _SETTINGS_4)
        raise
    tail_4 = b"".join([_write_market_settings(item) for item in markets])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4, tail_4))


_unpack_settings_0: Final = Struct(">II").unpack_from
_unpack_settings_1: Final = Struct(">32s32sI").unpack_from
_unpack_settings_2: Final = Struct(">iI").unpack_from
_unpack_settings_3: Final = Struct(">Qq32sqIIIqIIIIII").unpack_from
_unpack_settings_4: Final = Struct(">I").unpack_from


def _read_settings(data: bytes, offset: int) -> tuple[Settings, int]:
    try:
        rules, network_passphrase__length = _unpack_settings_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_0)
        raise
    offset += 8
    network_passphrase, offset = read_string(
        data, offset, network_passphrase__length, 128, "Settings.network_passphrase"
    )
    try:
        vault, alpha, auditors__count = _unpack_settings_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_1)
        raise
    offset += 68
    if auditors__count > MAX_AUDITORS or auditors__count * 32 > len(data) - offset:
        refuse_count(auditors__count, MAX_AUDITORS, "Settings.auditors")
    auditors, offset = read_opaques(data, offset, auditors__count, 32)
    try:
        quorum_rule, channels__count = _unpack_settings_2(data, offset)
        quorum_rule = _QUORUM_RULE_MEMBERS[quorum_rule]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SETTINGS_2)
        raise
    offset += 8
    if channels__count > MAX_CHANNELS or channels__count * 40 > len(data) - offset:
        refuse_count(channels__count, MAX_CHANNELS, "Settings.channels")
    channels = []
    for _ in range(channels__count):
        channels__item, offset = _read_channel_settings(data, offset)
        channels.append(channels__item)
    try:
        (
            ledger_cursor,
            vault_reserve,
            fee_account,
            minimum_balance,
            transaction_fee,
            withdrawal_lifetime_s,
            approval_lifetime_s,
            limits__validity_us,
            limits__open_orders,
            limits__fills,
            limits__withdrawals,
            limits__requests_per_second,
            limits__burst,
            assets__count,
        ) = _unpack_settings_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_3)
        raise
    offset += 100
    if assets__count > MAX_ASSETS or assets__count * 20 > len(data) - offset:
        refuse_count(assets__count, MAX_ASSETS, "Settings.assets")
    assets = []
    for _ in range(assets__count):
        assets__item, offset = _read_asset_settings(data, offset)
        assets.append(assets__item)
    try:
        (markets__count,) = _unpack_settings_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_4)
        raise
    offset += 4
    if markets__count > MAX_MARKETS or markets__count * 52 > len(data) - offset:
        refuse_count(markets__count, MAX_MARKETS, "Settings.markets")
    markets = []
    for _ in range(markets__count):
        markets__item, offset = _read_market_settings(data, offset)
        markets.append(markets__item)
    return Settings(
        rules,
        network_passphrase,
        vault,
        alpha,
        auditors,
        quorum_rule,
        channels,
        ledger_cursor,
        vault_reserve,
        fee_account,
        minimum_balance,
        transaction_fee,
        withdrawal_lifetime_s,
        approval_lifetime_s,
        RequestLimits(
            limits__validity_us,
            limits__open_orders,
            limits__fills,
            limits__withdrawals,
            limits__requests_per_second,
            limits__burst,
        ),
        assets,
        markets,
    ), offset
