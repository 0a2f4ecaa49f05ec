import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from constellation.node.config import ConfigurationError, load_settings
from constellation.node.keys import read_key_file
from constellation.node.setup import run_setup
from constellation.sandbox import Ledger, LedgerServer
from constellation.stellarlink import HorizonNetwork, check_vault


@pytest.fixture
async def ledger() -> AsyncIterator[LedgerServer]:
    server = LedgerServer(Ledger(), close_interval_s=0.02)
    await server.start()
    yield server
    await server.stop()


def files(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def ignore(_text: str) -> None:
    return


async def test_a_setup_has_keys_a_plan_and_a_vault(ledger: LedgerServer, tmp_path: Path) -> None:
    await run_setup(tmp_path, ledger.url, 3, ignore)
    settings = load_settings(tmp_path / "public" / "constellation.json")
    assert settings.alpha == read_key_file(tmp_path / "alpha" / "node.seed").public
    auditors = [read_key_file(tmp_path / f"auditor-{number}" / "node.seed").public for number in (1, 2, 3)]
    assert settings.auditors == auditors
    assert settings.fee_account == read_key_file(tmp_path / "bank" / "fees.seed").public
    async with HorizonNetwork(ledger.url) as network:
        assert await check_vault(network, settings) == []


async def test_what_is_public_holds_no_seed(ledger: LedgerServer, tmp_path: Path) -> None:
    said: list[str] = []
    await run_setup(tmp_path, ledger.url, 1, said.append)
    seeds = {path: content.decode().strip() for path, content in files(tmp_path).items() if path.suffix == ".seed"}
    assert {path.parent.name for path in seeds} == {"alpha", "auditor-1", "bank"}
    for path, seed in seeds.items():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert seed not in "".join(said)
        assert all(seed not in public.read_text() for public in (tmp_path / "public").iterdir())


async def test_a_second_setup_changes_nothing(ledger: LedgerServer, tmp_path: Path) -> None:
    await run_setup(tmp_path, ledger.url, 2, ignore)
    before = files(tmp_path)
    said: list[str] = []
    await run_setup(tmp_path, ledger.url, 2, said.append)
    assert files(tmp_path) == before
    assert "its vault is on the ledger" in said[0]


async def test_a_setup_that_broke_off_goes_on_with_its_keys(ledger: LedgerServer, tmp_path: Path) -> None:
    await run_setup(tmp_path, ledger.url, 1, ignore)
    first = read_key_file(tmp_path / "alpha" / "node.seed").public
    (tmp_path / "public" / "constellation.json").unlink()
    await run_setup(tmp_path, ledger.url, 1, ignore)
    assert load_settings(tmp_path / "public" / "constellation.json").alpha == first


async def test_a_forgetful_ledger_is_noticed(ledger: LedgerServer, tmp_path: Path) -> None:
    await run_setup(tmp_path, ledger.url, 1, ignore)
    other = LedgerServer(Ledger(), close_interval_s=0.02)
    await other.start()
    try:
        with pytest.raises(ConfigurationError, match=r"belongs to another ledger .*is not on the ledger"):
            await run_setup(tmp_path, other.url, 1, ignore)
    finally:
        await other.stop()
    assert json.loads((tmp_path / "public" / "constellation.json").read_text())


async def test_the_directories_may_exist_already(ledger: LedgerServer, tmp_path: Path) -> None:
    for name in ("public", "bank", "alpha", "auditor-1"):
        (tmp_path / name).mkdir()
    await run_setup(tmp_path, ledger.url, 1, ignore)


async def test_a_malformed_address_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--horizon-url"):
        await run_setup(tmp_path / "new", "ledger:8000", 1, ignore)
    assert not (tmp_path / "new").exists()
