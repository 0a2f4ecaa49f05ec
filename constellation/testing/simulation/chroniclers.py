"""Chroniclers of a simulation: as in production, on machines of their own, with what can happen to their disks."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import UnusableDatabase, moment, open_engine, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.intake import Intake
from constellation.chronicler.tables import about
from constellation.chronicler.writer import ChronicleWriter
from constellation.node.chronicler import ChroniclerNode
from constellation.node.config import ChroniclerSection, NodeConfig, load_settings
from constellation.node.http import Status
from constellation.node.plan import write_settings
from constellation.protocol.limits import CHRONICLE_PAGE_BYTES
from constellation.protocol.messages import Settings, decode_chronicle_item
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from constellation.snapshots.chronicle_reader import ChronicleReader
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.threads import Disk

CHRONICLE_PORT: Final = 7003
_LISTEN_PORT, _HTTP_PORT = 7005, 7006
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
        is_excused: whether something was done to its disk that lets it end.
    """

    def __init__(self, host: Host, disk: Disk, settings: Settings, peers: Sequence[Host]) -> None:
        self.host = host
        self.disk = disk
        self.current: ChroniclerNode | None = None
        self.is_excused = False
        self._settings = settings
        self._peers = tuple(f"http://{peer.address}:{CHRONICLE_PORT}" for peer in peers)
        host.directory.mkdir(parents=True)
        write_settings(host.directory / "constellation.json", settings)
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
        shutil.copytree(self.data_directory, after, ignore=shutil.ignore_patterns("*-shm"))
        self.current = None
        self.host.start(self._run)

    def revive(self) -> None:
        """What its operator does when it does not run."""
        if not self.host.is_running:
            self.start()

    def rebuild(self) -> None:
        """What its operator does when the history is damaged or lost: begin it anew."""
        if self.host.is_running:
            raise AssertionError("the database of a running chronicler")
        for path in self.data_directory.glob(f"{_FILE}*"):
            path.unlink()

    @property
    def status(self) -> Status:
        """What it says of itself; that it is down when it does not run."""
        if not self.host.is_running or self.current is None:
            return {"ready": False, "state": "down"}
        try:
            return self.current.status()
        except AssertionError:
            return {"ready": False, "state": "starting"}

    def _config(self) -> NodeConfig:
        address, directory = self.host.address, self.host.directory
        return NodeConfig(
            settings_file=directory / "constellation.json",
            data_directory=self.data_directory,
            chronicler=ChroniclerSection(
                peers=self._peers,
                listen=f"{address}:{_LISTEN_PORT}",
                http_listen=f"{address}:{_HTTP_PORT}",
            ),
        )
