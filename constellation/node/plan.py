"""The plan of a constellation (TOML), and the settings that come of it."""

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from constellation.node.config import ConfigurationError
from constellation.node.keys import new_key_pair
from constellation.protocol.amounts import parse_amount
from constellation.protocol.messages import (
    AssetSettings,
    MarketSettings,
    MarketStatus,
    QuorumRule,
    RequestLimits,
    Settings,
)
from constellation.protocol.settings_json import parse_asset, settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import decode_public_key
from constellation.stellarlink import HorizonNetwork, VaultPlan, create_vault


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssetPlan(_Section):
    """One listed asset: ``native`` or ``CODE:ISSUER``."""

    asset: str
    minimum_deposit: str = "0.01"


class MarketPlan(_Section):
    """One market; base and quote name listed assets."""

    base: str
    quote: str
    price_decimals: int
    tick: int = 1
    lot: str
    minimum_notional: str
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0


class LimitsPlan(_Section):
    """Bounds that all members share."""

    validity_s: int = 300
    open_orders: int = 200
    fills: int = 100
    withdrawals: int = 10


class Plan(_Section):
    """Everything about a constellation that the ledger does not decide."""

    network_passphrase: str
    alpha: str
    auditors: list[str]
    fee_account: str
    two_thirds_quorum: bool = False
    channels: int = 3
    minimum_balance: str = "1"
    transaction_fee_stroops: int = 10_000
    withdrawal_lifetime_s: int = 300
    limits: LimitsPlan = LimitsPlan()
    assets: list[AssetPlan]
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
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def to_vault_plan(plan: Plan) -> VaultPlan:
    """The plan in the protocol's terms.

    Raises:
        ConfigurationError: a key, an asset or an amount is malformed.
    """
    try:
        return _to_vault_plan(plan)
    except ValueError as error:
        raise ConfigurationError(f"plan: {error}") from None


def _to_vault_plan(plan: Plan) -> VaultPlan:
    names = [asset.asset for asset in plan.assets]
    return VaultPlan(
        network_passphrase=plan.network_passphrase,
        alpha=decode_public_key(plan.alpha),
        auditors=[decode_public_key(text) for text in plan.auditors],
        quorum_rule=QuorumRule.TWO_THIRDS if plan.two_thirds_quorum else QuorumRule.MAJORITY,
        fee_account=decode_public_key(plan.fee_account),
        minimum_balance=parse_amount(plan.minimum_balance),
        transaction_fee=plan.transaction_fee_stroops,
        withdrawal_lifetime_s=plan.withdrawal_lifetime_s,
        limits=RequestLimits(
            plan.limits.validity_s * 1_000_000,
            plan.limits.open_orders,
            plan.limits.fills,
            plan.limits.withdrawals,
        ),
        assets=[AssetSettings(parse_asset(item.asset), parse_amount(item.minimum_deposit)) for item in plan.assets],
        markets=[_market(item, names) for item in plan.markets],
    )


def _market(item: MarketPlan, names: list[str]) -> MarketSettings:
    return MarketSettings(
        base=names.index(item.base),
        quote=names.index(item.quote),
        price_decimals=item.price_decimals,
        tick=item.tick,
        lot=parse_amount(item.lot),
        minimum_notional=parse_amount(item.minimum_notional),
        maker_fee_ppm=item.maker_fee_ppm,
        taker_fee_ppm=item.taker_fee_ppm,
        status=MarketStatus.MARKET_OPEN,
    )


def write_settings(path: Path, settings: Settings) -> None:
    """Write the settings as a JSON document; it appears whole or not at all."""
    document: dict[str, Any] = settings_to_json(settings)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
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
