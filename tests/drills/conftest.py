"""A constellation on machines, and a trader on it, who must not lose anything."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drills.holder import Holder
from tests.drills.machines import Machines
from tests.node.conftest import _no_settings_in_the_environment

__all__ = ["_no_settings_in_the_environment"]


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[Machines]:
    """Processes of a whole constellation, gone with the test."""
    machines = Machines(tmp_path / "sandbox", close_interval_s=0.25)
    try:
        await machines.start(lambda _text: None)
        yield machines
    finally:
        await machines.stop()


@pytest.fixture
async def holder(machines: Machines) -> AsyncIterator[Holder]:
    """Somebody with money in the constellation, and an order in a book."""
    async with Holder(machines) as holder:
        await holder.begin()
        yield holder
