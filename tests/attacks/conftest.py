"""One constellation for a module's attacks."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from constellation.node.sandbox import Sandbox
from tests.attacks.yard import Yard


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def yard(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Yard]:
    sandbox = Sandbox(tmp_path_factory.mktemp("attacks") / "sandbox", close_interval_s=0.25)
    yard = Yard(sandbox)
    try:
        await sandbox.start(lambda _text: None)
        await yard.open()
        yield yard
    finally:
        await yard.close()
        await sandbox.stop()
