"""A living constellation in this process, whose auditors decide from their command line."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.governance.stage import Stage
from tests.node.conftest import _no_settings_in_the_environment, patch

__all__ = ["_no_settings_in_the_environment", "patch"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("governance") / "sandbox", patch)
    await stage.start()
    yield stage
    await stage.stop()
