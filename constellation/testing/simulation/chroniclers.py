"""Chroniclers of a simulation: the program of production, on machines of their own."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from constellation.node.chronicler import ChroniclerNode
from constellation.node.config import ChroniclerSection, NodeConfig, load_settings
from constellation.node.http import Status
from constellation.node.plan import write_settings
from constellation.protocol.messages import Settings
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.members import CHRONICLE_PORT, HTTP_PORT, write_token
from constellation.testing.simulation.threads import Disk

_FILE: Final = "chronicle.sqlite"


class Chronicler:
    """A chronicler, from its first life to its last.

    Args:
        host: its machine.
        disk: its machine's.
        settings: of the constellation at genesis.
        peers: machines of the nodes that it follows, the first one first.

    Attributes:
        current: of the present life.
        is_damaged: whether something has changed its database: what is in it counts no more.
        sound_since: the life since which it has not been so; disks of lives before may be damaged.
    """

    def __init__(self, host: Host, disk: Disk, settings: Settings, peers: Sequence[Host]) -> None:
        self.host = host
        self.disk = disk
        self.current: ChroniclerNode | None = None
        self.is_damaged = False
        self.sound_since = 0
        self.stop: asyncio.Event
        self._peers = tuple(f"http://{peer.address}:{CHRONICLE_PORT}" for peer in peers)
        host.directory.mkdir(parents=True)
        write_settings(host.directory / "constellation.json", settings)
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

    @property
    def database(self) -> Path:
        """Its file there."""
        return self.data_directory / _FILE

    def _directory_of(self, life: int) -> Path:
        return self.host.directory / f"life-{life}"

    def revive(self) -> None:
        """What its operator does when it does not run."""
        if not self.host.is_running:
            self.start()

    def start(self) -> None:
        """Begin a new life with what the last one has left on the disk."""
        after = self._directory_of(self.host.lives + 1)
        shutil.copytree(self.data_directory, after, ignore=shutil.ignore_patterns("*-shm"))
        self.current = None
        self.disk.file, self.disk.unsafe = after / f"{_FILE}-wal", None
        self.host.start(self._run)

    def rebuild(self) -> None:
        """What its operator does when the history is damaged, while the program does not run: begin it anew."""
        for path in self.data_directory.glob(f"{_FILE}*"):
            path.unlink()
        self.is_damaged = False
        self.sound_since = self.host.lives

    @property
    def status(self) -> Status:
        """What it says of itself; that it is down when it says nothing."""
        if not self.host.is_running or self.current is None or not self.current.is_following:
            return {"ready": False, "state": "down"}
        return self.current.status()

    async def _run(self) -> None:
        address, directory = self.host.address, self.host.directory
        config = NodeConfig(
            settings_file=directory / "constellation.json",
            data_directory=self.data_directory,
            chronicle_token_file=self._token_file,
            chronicler=ChroniclerSection(
                peers=self._peers, listen=f"{address}:{CHRONICLE_PORT}", http_listen=f"{address}:{HTTP_PORT}"
            ),
        )
        self.stop = asyncio.Event()
        self.current = ChroniclerNode(config, load_settings(config.settings_file))
        await self.current.run(self.stop)
