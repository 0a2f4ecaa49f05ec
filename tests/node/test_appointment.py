"""Alpha and its disk are gone for good: a quorum of auditors hands the constellation to another key."""

import json
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports, Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, ClientOptions, FinalProof
from constellation.snapshots import QuantumLog
from constellation.snapshots.directory import LOG_FILE
from tests.node.appointing import appoint, sign
from tests.node.test_constellation import deposited

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]


class Successor:
    """Another alpha, with a key, a directory and ports of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.key_pair: KeyPair = new_key_pair()
        self.data_directory = sandbox.directory / "data" / "successor"
        self._config = sandbox.directory / "successor.toml"
        self.ports = Ports.free(0)
        write_key_file(sandbox.directory / "keys" / "successor.seed", self.key_pair)
        old, new = sandbox.ports, self.ports
        text = (sandbox.directory / "alpha.toml").read_text()
        for before, after in (
            (str(sandbox.data_directory("alpha")), str(self.data_directory)),
            ("alpha.seed", "successor.seed"),
            (f":{old.client}", f":{new.client}"),
            (f":{old.cluster}", f":{new.cluster}"),
            (f":{old.http[0]}", f":{new.ledger}"),
        ):
            assert before in text
            text = text.replace(before, after)
        self._config.write_text(text)

    async def start(self) -> ChildProcess:
        log = self._sandbox.directory / "logs" / "successor.log"
        child = ChildProcess("successor", ["alpha", "--config", str(self._config)], log, None)
        self._sandbox.processes["successor"] = child
        await child.start()
        return child

    def propose(self) -> Result:
        return appoint(
            self._sandbox,
            "alpha",
            "propose",
            "--alpha",
            self.key_pair.address,
            "--client-url",
            f"ws://127.0.0.1:{self.ports.client}",
            "--cluster-url",
            f"ws://127.0.0.1:{self.ports.cluster}",
        )


async def order(client: Client) -> FinalProof:
    receipt = await client.create_order("XLM/USD", "sell", "0.3", "1")
    return await receipt.final(timeout=30)


async def test_a_running_constellation_moves_to_another_alpha(sandbox: Sandbox) -> None:
    alice = await sandbox.new_trader("1000")
    options = ClientOptions(auditor_urls=tuple(sandbox.status_url(name) for name in sandbox.auditors))
    async with Client(sandbox.client_url, sandbox.settings, alice, options) as client:
        await deposited(sandbox, alice, client, {"XLM": "500"})
        before = [await order(client) for _ in range(3)]
        await sandbox.kill_node("alpha")
        shutil.rmtree(sandbox.data_directory("alpha"))

        successor = Successor(sandbox)
        assert successor.propose().exit_code == 0
        assert "1 more of the auditors must sign" in sign(sandbox, "alpha", "auditor-1").output
        await successor.start()
        assert "In force" in sign(sandbox, "alpha", "auditor-3").output
        signed_s = time.monotonic()
        after = await order(client)  # the same client object: the SDK finds the new alpha by itself
        elapsed_s = time.monotonic() - signed_s
        assert elapsed_s < 20
        assert len((await client.account()).orders) == 4
        assert after.batch > before[-1].batch

        async with Client(f"ws://127.0.0.1:{successor.ports.client}", sandbox.settings, alice) as newcomer:
            assert len((await newcomer.account()).orders) == 4

    await sandbox.start_node("alpha")  # the old key, from an empty disk
    assert await sandbox.processes["alpha"].wait() == ExitCode.CONFIGURATION
    del sandbox.processes["alpha"]
    codes = await sandbox.stop()
    assert codes == dict.fromkeys(codes, 0)
    with closing(QuantumLog(successor.data_directory / LOG_FILE, sandbox.settings)) as log:
        for proof in (*before, after):
            assert log.digest(proof.batch) == proof.header_hash
        assert log.terms().term == 1


async def test_an_alpha_that_runs_sends_its_clients_to_the_one_that_was_appointed(sandbox: Sandbox) -> None:
    alice = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, alice) as client:
        await deposited(sandbox, alice, client, {"XLM": "500"})
        first = await order(client)
        successor = Successor(sandbox)
        successor.propose()
        sign(sandbox, "alpha", "auditor-1")
        sign(sandbox, "alpha", "auditor-2")
        await successor.start()
        assert await sandbox.processes["alpha"].wait() == ExitCode.CONFIGURATION
        assert (await order(client)).batch > first.batch
    del sandbox.processes["alpha"]


def test_the_file_says_who_signed_and_what_is_missing(tmp_path: Path) -> None:
    from constellation.node.plan import write_settings
    from constellation.testing.world import World

    world = World(auditors=3)
    settings, file = tmp_path / "constellation.json", tmp_path / "appointments.json"
    write_settings(settings, world.settings)
    for number, key in enumerate(world.auditors):
        write_key_file(tmp_path / f"{number}.seed", key)
    stranger = new_key_pair()
    write_key_file(tmp_path / "stranger.seed", stranger)

    def run(command: str, *arguments: str) -> Result:
        common = ["--file", str(file), "--settings-file", str(settings)]
        return CliRunner().invoke(main, ["appoint-alpha", command, *common, *arguments])

    def propose(alpha: str, url: str = "ws://alpha:7001") -> Result:
        return run("propose", "--alpha", alpha, "--client-url", url, "--cluster-url", "wss://alpha:7002")

    def failed(result: Result, text: str) -> None:
        assert result.exit_code == ExitCode.CONFIGURATION
        assert text in result.output

    failed(run("sign", "--key-file", str(tmp_path / "0.seed")), "there is no appointment")
    failed(propose("nonsense"), "--alpha")
    failed(propose(stranger.address, "http://alpha:7001"), "--client-url")
    for used in (world.alpha, world.auditors[1]):
        failed(propose(used.address), "already")
    assert propose(stranger.address).exit_code == 0
    failed(propose(new_key_pair().address), "still lacks signatures")
    failed(run("sign", "--key-file", str(tmp_path / "stranger.seed")), "not an auditor")
    assert "1 more" in run("sign", "--key-file", str(tmp_path / "0.seed")).output
    assert "1 more" in run("sign", "--key-file", str(tmp_path / "0.seed")).output
    assert json.loads(run("show", "--json").output)["complete"] is False
    assert "In force" in run("sign", "--key-file", str(tmp_path / "2.seed")).output
    assert f"  new alpha {stranger.address}\n" in run("show").output
    shown = json.loads(run("show", "--json").output)
    assert (shown["complete"], shown["quorum"], len(shown["appointments"])) == (True, 2, 1)
    failed(propose(stranger.address), "already")
    file.write_text(file.read_text().replace("ws://alpha:7001", "ws://thief:7001"))
    failed(run("show"), "signature")
    file.write_text("{")
    failed(run("show"), "appointments.json")
