"""The programs of a simulated constellation: nodes as in production, and Horizon servers in front of one ledger."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

from constellation.node.alpha import AlphaNode
from constellation.node.auditor import AuditorNode
from constellation.node.config import AlphaSection, AuditorSection, NodeConfig, load_settings
from constellation.node.damage import run_alpha, run_auditor
from constellation.node.http import Status
from constellation.node.keys import read_key_file, write_key_file
from constellation.node.plan import write_settings
from constellation.node.run import rise_and_rise_again
from constellation.protocol.signing import KeyPair
from constellation.sandbox import LedgerServer
from constellation.snapshots.directory import DAMAGE_FILE, LOG_FILE
from constellation.testing.money.world import LEDGER_S, VaultWorld
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.threads import Disk

CLIENT_PORT = 7001
CLUSTER_PORT = 7002
CHRONICLE_PORT = 7003
HTTP_PORT = 7010
HORIZON_PORT = 8000


def write_token(directory: Path) -> Path:
    """The operators' secret on a machine's disk; the file."""
    path = directory / "chronicle.token"
    path.write_text("the-secret-of-all-operators")
    path.chmod(0o600)
    return path


class Horizon:
    """A Horizon server on a machine of its own; the first one of all closes the ledgers."""

    def __init__(self, host: Host, world: VaultWorld, *, closes: bool) -> None:
        self.host = host
        interval_s = float(LEDGER_S) if closes else None
        self.server = LedgerServer(world.ledger, host.address, HORIZON_PORT, interval_s, clock=time.time)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.host.address}:{HORIZON_PORT}"

    async def serve(self) -> None:
        """Serve for ever."""
        await self.server.start()
        await asyncio.Event().wait()


class Node:
    """Alpha or an auditor, from its first life to its last.

    Args:
        host: its machine.
        key_pair: its own.
        world: with the settings.
        horizon: that it asks.
        alpha: alpha's machine.
        disk: its machine's.
        rules: of the configuration that differ from run to run.

    Attributes:
        current: of the present life: what production runs.
        is_honest: whether its messages are its own.
        sets_aside: whether alpha's operator has decided to go on without a damaged log.
    """

    def __init__(
        self,
        host: Host,
        key_pair: KeyPair,
        world: VaultWorld,
        horizon: Horizon,
        alpha: Host,
        disk: Disk,
        rules: dict[str, Any],
    ) -> None:
        self.host = host
        self.key_pair = key_pair
        self.is_alpha = host is alpha
        self.disk = disk
        self.current: AlphaNode | AuditorNode | None = None
        self.is_honest = True
        self.sets_aside = False
        self.stop: asyncio.Event
        self._rules = rules
        self._urls = horizon.url, f"ws://{alpha.address}:{CLUSTER_PORT}"
        host.directory.mkdir(parents=True)
        write_settings(host.directory / "constellation.json", world.settings)
        write_key_file(host.directory / "node.seed", key_pair)
        self._token_file = write_token(host.directory)
        self.data_directory.mkdir()

    @property
    def name(self) -> str:
        """Of its machine."""
        return self.host.name

    @property
    def data_directory(self) -> Path:
        """What is on its disk in the present life, or was in the last one."""
        return self._directory_of(self.host.lives)

    def _directory_of(self, life: int) -> Path:
        return self.host.directory / f"life-{life}"

    def start(self) -> None:
        """Begin a new life with what the last one has left on the disk."""
        after = self._directory_of(self.host.lives + 1)
        # A copy: what the last life still holds open is not in the way, as it would not be after a kill.
        shutil.copytree(self.data_directory, after, ignore=shutil.ignore_patterns("*-shm"))
        self.current = None
        self.disk.file, self.disk.unsafe = after / f"{LOG_FILE}-wal", None
        self.host.start(self._run)

    def revive(self) -> None:
        """What its operator does when it does not run: alpha's reads what is said of damage, and decides to go on."""
        if not self.host.is_running:
            self.sets_aside = self.is_alpha and (self.data_directory / DAMAGE_FILE).exists()
            self.start()

    def follow(self, alpha: "Node") -> None:
        """In its next life, it connects to ``alpha``."""
        self._urls = self._urls[0], f"ws://{alpha.host.address}:{CLUSTER_PORT}"

    @property
    def status(self) -> Status:
        """What it says of itself; that it is down when it does not run."""
        if not self.host.is_running or self.current is None:
            return {"ready": False, "state": "down"}
        return self.current.status()

    def _config(self) -> NodeConfig:
        horizon, cluster = self._urls
        address, directory = self.host.address, self.host.directory
        return NodeConfig(
            settings_file=directory / "constellation.json",
            key_file=directory / "node.seed",
            data_directory=self.data_directory,
            appointments_file=directory / "appointments.json",
            horizon_urls=(horizon,),
            http_listen=f"{address}:{HTTP_PORT}",
            chronicle_listen=f"{address}:{CHRONICLE_PORT}" if self._rules.get("feeds") else None,
            chronicle_token_file=self._token_file,
            minimum_free_bytes=0,
            horizon_streams=self._rules["horizon_streams"],
            alpha=AlphaSection(
                client_listen=f"{address}:{CLIENT_PORT}",
                cluster_listen=f"{address}:{CLUSTER_PORT}",
                checkpoint_quanta=self._rules["checkpoint_quanta"],
                checkpoint_interval_s=self._rules["checkpoint_interval_s"],
            ),
            auditor=AuditorSection(alpha_url=cluster, poll_interval_s=self._rules["poll_interval_s"]),
        )

    async def _run(self) -> None:
        """As production starts it."""
        config, stop = self._config(), asyncio.Event()
        settings, key_pair = load_settings(config.settings_file), read_key_file(config.key_file)
        self.stop = stop

        async def live() -> None:
            node = self.current = (AlphaNode if self.is_alpha else AuditorNode)(config, settings, key_pair)
            await node.run(stop)

        if self.is_alpha:
            sets_aside, self.sets_aside = self.sets_aside, False
            await run_alpha(config.data_directory, lambda: rise_and_rise_again(live), set_damaged_log_aside=sets_aside)
        else:
            await run_auditor(config.data_directory, live)
