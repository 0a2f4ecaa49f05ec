"""The plan of a constellation (TOML), and the settings that come of it."""

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from constellation.node.config import ConfigurationError, check_horizon_urls
from constellation.node.documents import MALFORMED
from constellation.node.keys import new_key_pair
from constellation.protocol.amounts import parse_amount
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetSettings,
    ChannelSettings,
    MarketSettings,
    MarketStatus,
    QuorumRule,
    RequestLimits,
    Settings,
)
from constellation.protocol.settings_json import parse_asset, settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import decode_public_key
from constellation.quanta import validate_settings
from constellation.stellarlink import HorizonNetwork, VaultPlan, create_vault

_Parsed = TypeVar("_Parsed")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssetPlan(_Section):
    """One listed asset."""

    asset: str = Field(description="`native` or `CODE:ISSUER`; the first one must be `native`.")
    minimum_deposit: str = Field(default="0.01", description="Smaller deposits go to suspense.")
    approval_above: str = Field(
        default="0", description="Larger withdrawals wait until the auditors' operators approve them; 0: none does."
    )


class MarketPlan(_Section):
    """One market between two listed assets."""

    base: str = Field(description="An asset of the list, written as it is there.")
    quote: str = Field(description="Another one.")
    price_decimals: int = Field(ge=0, le=12, description="A price is an integer of 10^-price_decimals quote per base.")
    tick: int = Field(default=1, ge=1, description="Prices are multiples of it.")
    lot: str = Field(
        description="Amounts of base are multiples of it; lot in stroops x tick is a multiple of 10^price_decimals."
    )
    minimum_notional: str = Field(description="What an order must be worth, in quote.")
    maker_fee_ppm: int = Field(default=0, ge=0, le=100_000, description="Millionths of what the resting side receives.")
    taker_fee_ppm: int = Field(default=0, ge=0, le=100_000, description="Millionths of what the other side receives.")
    price_band_ppm: int = Field(
        default=0,
        ge=0,
        le=100_000_000,
        description="How far above the last trade a buy may go, and below it a sell, in millionths; 0: no limit.",
    )


class LimitsPlan(_Section):
    """Bounds that all members share."""

    validity_s: int = Field(default=300, ge=1, le=86_400, description="How far ahead a request may expire.")
    open_orders: int = Field(default=200, ge=1, le=10_000, description="Open orders per account.")
    fills: int = Field(default=100, ge=1, le=1000, description="Fills per order when it arrives.")
    withdrawals: int = Field(default=10, ge=1, le=1000, description="Open withdrawals per account.")
    requests_per_second: int = Field(
        default=200, ge=1, le=1_000_000, description="Requests per account, in the long run; more are refused."
    )
    burst: int = Field(default=400, ge=1, le=1_000_000, description="Requests per account at once.")


class Plan(_Section):
    """Everything about a constellation that the ledger does not decide."""

    network_passphrase: str = Field(description="Names the Stellar network.")
    alpha: str = Field(description="Alpha's public key, `G…`.")
    auditors: list[str] = Field(min_length=1, max_length=19, description="The auditors' public keys.")
    fee_account: str = Field(description="Public key of the account that trading fees are credited to.")
    two_thirds_quorum: bool = Field(default=False, description="Require two thirds of the auditors, not a majority.")
    channels: int = Field(default=3, ge=1, le=100, description="Channel accounts: withdrawals paid side by side.")
    minimum_balance: str = Field(default="1", description="Lumens that every account keeps.")
    transaction_fee_stroops: int = Field(
        default=10_000,
        ge=100,
        le=INT64_MAX,
        description="What a transaction of the vault offers the ledger for each operation; a withdrawal has one.",
    )
    withdrawal_lifetime_s: int = Field(
        default=300, ge=30, le=3600, description="After it an unpaid withdrawal is given back."
    )
    approval_lifetime_s: int = Field(
        default=604_800,
        ge=60,
        le=2_592_000,
        description="After it a withdrawal that nobody has approved is given back. 60 to 2592000.",
    )
    limits: LimitsPlan = LimitsPlan()
    assets: list[AssetPlan] = Field(min_length=1)
    markets: list[MarketPlan] = []


def load_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        ConfigurationError: it is missing or malformed.
    """
    try:
        return Plan.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except MALFORMED as error:
        raise ConfigurationError(f"{path}: {error}") from None


def to_vault_plan(plan: Plan) -> VaultPlan:
    """The plan in the protocol's terms.

    Raises:
        ConfigurationError: a key, an asset or an amount is malformed, or they do not fit together.
    """
    vault_plan = VaultPlan(
        network_passphrase=plan.network_passphrase,
        alpha=_parsed("alpha", decode_public_key, plan.alpha),
        auditors=[_parsed(f"auditors.{place}", decode_public_key, text) for place, text in enumerate(plan.auditors)],
        quorum_rule=QuorumRule.TWO_THIRDS if plan.two_thirds_quorum else QuorumRule.MAJORITY,
        fee_account=_parsed("fee_account", decode_public_key, plan.fee_account),
        minimum_balance=_parsed("minimum_balance", parse_amount, plan.minimum_balance),
        transaction_fee=plan.transaction_fee_stroops,
        withdrawal_lifetime_s=plan.withdrawal_lifetime_s,
        approval_lifetime_s=plan.approval_lifetime_s,
        limits=RequestLimits(
            plan.limits.validity_s * 1_000_000,
            plan.limits.open_orders,
            plan.limits.fills,
            plan.limits.withdrawals,
            plan.limits.requests_per_second,
            plan.limits.burst,
        ),
        assets=[_asset(f"assets.{place}", item) for place, item in enumerate(plan.assets)],
        markets=[
            _market(f"markets.{place}", item, [asset.asset for asset in plan.assets])
            for place, item in enumerate(plan.markets)
        ],
    )
    _check_rules(vault_plan)
    return vault_plan


def _parsed(field: str, parse: Callable[[str], _Parsed], text: str) -> _Parsed:
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigurationError(f"plan: {field}: {error}") from None


def _check_rules(vault_plan: VaultPlan) -> None:
    """Check what is checked before genesis; the ledger will decide the rest, and that cannot be wrong."""
    stand_in = ChannelSettings(bytes(31) + b"\x01", 0)
    problems = validate_settings(vault_plan.settings(bytes(32), [stand_in], ledger_cursor=0, vault_reserve=0))
    if problems:
        raise ConfigurationError("plan: " + "; ".join(problems))


def _asset(field: str, item: AssetPlan) -> AssetSettings:
    return AssetSettings(
        _parsed(f"{field}.asset", parse_asset, item.asset),
        _parsed(f"{field}.minimum_deposit", parse_amount, item.minimum_deposit),
        _parsed(f"{field}.approval_above", parse_amount, item.approval_above),
    )


def _market(field: str, item: MarketPlan, listed: list[str]) -> MarketSettings:
    def place(asset: str) -> int:
        if asset not in listed:
            raise ValueError(f"{asset!r} is not among the assets: {', '.join(listed)}")
        return listed.index(asset)

    return MarketSettings(
        base=_parsed(f"{field}.base", place, item.base),
        quote=_parsed(f"{field}.quote", place, item.quote),
        price_decimals=item.price_decimals,
        tick=item.tick,
        lot=_parsed(f"{field}.lot", parse_amount, item.lot),
        minimum_notional=_parsed(f"{field}.minimum_notional", parse_amount, item.minimum_notional),
        maker_fee_ppm=item.maker_fee_ppm,
        taker_fee_ppm=item.taker_fee_ppm,
        status=MarketStatus.MARKET_OPEN,
        price_band_ppm=item.price_band_ppm,
    )


def write_settings(path: Path, settings: Settings) -> None:
    """Write the settings as a JSON document; it appears whole or not at all."""
    document: dict[str, Any] = settings_to_json(settings)
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


async def create_from_plan(
    plan_path: Path,
    horizon_url: str,
    funder: KeyPair,
    friendbot: bool,
    output: Path,
    progress: Callable[[str], None],
) -> None:
    """Create the vault of a plan and write the settings."""
    plan = load_plan(plan_path)
    vault_plan = to_vault_plan(plan)
    check_horizon_urls(horizon_url)
    network = HorizonNetwork(horizon_url)
    try:
        settings = await create_vault(
            network,
            vault_plan,
            funder=funder,
            vault=new_key_pair(),
            channels=[new_key_pair() for _ in range(plan.channels)],
            fund=friendbot,
            progress=progress,
        )
    finally:
        await network.close()
    write_settings(output, settings)
    progress(f"settings written to {output}; give this file to every auditor and trader")
