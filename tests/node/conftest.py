"""Fixtures for the node: a whole sandbox, and logging, environment and patches that are put back afterwards."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from constellation.node.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CONSTELLATION_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Undone when a module's tests are over."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Processes of a whole constellation, gone with the test."""
    sandbox = Sandbox(tmp_path / "sandbox", close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()
