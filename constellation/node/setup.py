"""``constellation setup``: the files of a new constellation, for containers and for trying things out.

Every node gets a directory of its own, so that it can be shown that one and no other; what all may know is in
``public``. Run again, it keeps what exists and checks that the ledger still has the vault.
"""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from constellation.node.config import ConfigurationError, check_horizon_urls, load_settings
from constellation.node.keys import new_key_pair, read_key_file, write_key_file
from constellation.node.plan import create_from_plan
from constellation.node.secret_files import write_secret_file
from constellation.protocol.signing import KeyPair
from constellation.stellarlink import HorizonNetwork, check_vault

SETTINGS_FILE = "constellation.json"
KEY_FILE = "node.seed"
PUBLIC = "public"
BANK = "bank"
"""Where the seeds of the funder, the fee account and the issuer of the test dollars are."""

CHRONICLE = "chronicle"
TOKEN_FILE = "chronicle.token"
"""The secret that alpha and chroniclers have in common."""


async def run_setup(directory: Path, horizon_url: str, auditors: int, progress: Callable[[str], None]) -> None:
    """Make what is missing of a constellation's files, and its vault.

    Args:
        directory: with ``public``, ``bank``, ``chronicle``, ``alpha`` and ``auditor-1`` and so on; made when missing.
        horizon_url: of a network whose friendbot gives test money.
        auditors: how many.
        progress: told each step.

    Raises:
        ConfigurationError: the files belong to another ledger.
        StellarLinkError: the network did not do what it should.
    """
    check_horizon_urls(horizon_url)
    settings_path = directory / PUBLIC / SETTINGS_FILE
    async with HorizonNetwork(horizon_url) as network:
        if settings_path.exists():
            await _check_existing(network, settings_path, progress)
            return
        keys = _make_keys(directory, auditors)
        await network.fund(keys["issuer"].address)
        passphrase = (await network.network()).passphrase
    plan_path = directory / PUBLIC / "plan.toml"
    plan_path.write_text(example_plan(passphrase, keys, auditors), "utf-8")
    await create_from_plan(plan_path, horizon_url, keys["funder"], True, settings_path, progress)


async def _check_existing(network: HorizonNetwork, settings_path: Path, progress: Callable[[str], None]) -> None:
    problems = await check_vault(network, load_settings(settings_path))
    if problems:
        raise ConfigurationError(
            f"{settings_path} belongs to another ledger (a sandbox ledger forgets everything when it stops): "
            f"remove it with all keys and data to start anew; {'; '.join(problems)}"
        )
    progress(f"{settings_path} exists and its vault is on the ledger")


def _make_keys(directory: Path, auditors: int) -> dict[str, KeyPair]:
    """The key pairs of everybody by name; those that exist are read."""
    (directory / PUBLIC).mkdir(mode=0o755, parents=True, exist_ok=True)
    paths = {name: directory / name / KEY_FILE for name in ("alpha", *_names(auditors))}
    paths |= {name: directory / BANK / f"{name}.seed" for name in ("funder", "issuer", "fees")}
    for path in paths.values():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            write_key_file(path, new_key_pair())
    token_path = directory / CHRONICLE / TOKEN_FILE
    token_path.parent.mkdir(mode=0o700, exist_ok=True)
    if not token_path.exists():
        write_secret_file(token_path, secrets.token_urlsafe(32))
    return {name: read_key_file(path) for name, path in paths.items()}


def _names(auditors: int) -> list[str]:
    return [f"auditor-{number}" for number in range(1, auditors + 1)]


def example_plan(passphrase: str, keys: dict[str, KeyPair], auditors: int) -> str:
    """A plan (TOML) with lumens, test dollars and one market between them."""
    addresses = {name: json.dumps(key_pair.address) for name, key_pair in keys.items()}
    dollar = json.dumps(f"USD:{keys['issuer'].address}")
    return f"""\
network_passphrase = {json.dumps(passphrase)}
alpha = {addresses["alpha"]}
auditors = [
{"".join(f"    {addresses[name]},{chr(10)}" for name in _names(auditors))}]
fee_account = {addresses["fees"]}

[[assets]]
asset = "native"
minimum_deposit = "0.1"

[[assets]]
asset = {dollar}
minimum_deposit = "0.01"

[[markets]]
base = "native"
quote = {dollar}
price_decimals = 4
lot = "0.001"
minimum_notional = "0.1"
taker_fee_ppm = 1000
"""
