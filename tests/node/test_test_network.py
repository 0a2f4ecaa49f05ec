"""The page about Stellar's test network, followed word for word, against a ledger that has its passphrase."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from stellar_sdk import Account as StellarAccount
from stellar_sdk import Asset, Keypair, Payment, TransactionBuilder

from constellation.node.cli import main
from constellation.node.config import load_settings
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports
from constellation.protocol.strkey import encode_public_key
from constellation.sandbox import Ledger, LedgerServer
from constellation.sdk import Client
from constellation.stellarlink import HorizonNetwork, SubmitStatus
from tests.documentation.pages import of_constellation

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]

PAGE = Path(__file__).parents[2] / "docs" / "operating" / "test-network.md"
PASSPHRASE = "Test SDF Network ; September 2015"
HORIZON = "https://horizon-testnet.stellar.org"
_PATIENCE_S = 45


def commands(name: str) -> list[list[str]]:
    """The commands in a block of the page, without the prompt."""
    return list(of_constellation("docs/operating/test-network.md", name))


@pytest.fixture
async def horizon() -> AsyncIterator[str]:
    server = LedgerServer(Ledger(network_passphrase=PASSPHRASE), close_interval_s=0.25)
    await server.start()
    yield server.url
    await server.stop()


@pytest.mark.executes("docs/operating/test-network.md", console=2)
async def test_a_constellation_on_the_test_network(
    horizon: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ports = Ports.free(3)
    listen = {
        "alpha": ["--client-listen", f"127.0.0.1:{ports.client}", "--cluster-listen", f"127.0.0.1:{ports.cluster}"],
        "auditor": ["--alpha-url", f"ws://127.0.0.1:{ports.cluster}"],
    }
    [setup] = [[word.replace(HORIZON, horizon) for word in words] for words in commands("setup")]
    result = await asyncio.to_thread(CliRunner().invoke, main, setup)
    assert result.exit_code == 0, result.output
    nodes: list[ChildProcess] = []
    try:
        for words, port in zip(commands("nodes"), ports.http, strict=True):
            role, *arguments = [word.replace(HORIZON, horizon) for word in words]
            arguments[arguments.index("--http-listen") + 1] = f"127.0.0.1:{port}"
            name = f"{role}-{port}"
            nodes.append(ChildProcess(name, [role, *arguments, *listen[role]], tmp_path / f"{name}.log", None))
            await nodes[-1].start()
        async with asyncio.timeout(_PATIENCE_S):
            await _trade(horizon, ports)
    finally:
        assert [await node.stop() for node in reversed(nodes)] == [0] * len(nodes)


@pytest.mark.executes("docs/operating/test-network.md", console=1)
async def test_a_vault_for_independent_auditors(horizon: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is the one that the setup has written; the vault is another."""
    monkeypatch.chdir(tmp_path)
    setup, *_, create = of_constellation("docs/operating/test-network.md")
    write_key_file(Path("funder.seed"), new_key_pair())
    for words in (setup, create):
        typed = [word.replace(HORIZON, horizon) for word in words]
        result = await asyncio.to_thread(CliRunner().invoke, main, typed)
        assert result.exit_code == 0, result.output
        shutil.copy("testnet/public/plan.toml", "plan.toml")
    first, second = (load_settings(Path(path)) for path in ("testnet/public/constellation.json", "constellation.json"))
    assert (first.alpha, first.auditors) == (second.alpha, second.auditors)
    assert first.vault != second.vault


async def _trade(horizon: str, ports: Ports) -> None:
    """A deposit arrives, and a withdrawal."""
    settings = load_settings(Path("testnet/public/constellation.json"))
    assert settings.network_passphrase == PASSPHRASE
    trader = new_key_pair()
    async with HorizonNetwork(horizon) as network:
        await network.fund(trader.address)
        account = await network.account(trader.address)
        assert account is not None
        builder = TransactionBuilder(StellarAccount(trader.address, account.sequence), PASSPHRASE, base_fee=100)
        builder.append_operation(Payment(encode_public_key(settings.vault), Asset.native(), "50"))
        envelope = builder.add_time_bounds(0, 0).build()
        envelope.sign(Keypair.from_raw_ed25519_seed(trader.seed))
        assert (await network.submit(envelope.to_xdr())).status is SubmitStatus.INCLUDED
        while True:
            try:
                client = await Client.connect(f"ws://127.0.0.1:{ports.client}", settings, trader)
                break
            except Exception:  # alpha waits for the auditors
                await asyncio.sleep(0.3)
        async with client:
            while "XLM" not in (await client.account()).balances:
                await asyncio.sleep(0.2)
            before = await network.account(trader.address)
            assert before is not None
            await client.withdraw("XLM", "20", client.address)
            while (after := await network.account(trader.address)) is None or after.balance(None) == before.balance(
                None
            ):
                await asyncio.sleep(0.2)
