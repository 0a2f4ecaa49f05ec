"""A living constellation in this process, whose auditors decide from their command line."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.governance.stage import Stage
from tests.node.conftest import _no_settings_in_the_environment

__all__ = ["_no_settings_in_the_environment"]


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("governance") / "sandbox", patch)
    await stage.start()
    yield stage
    await stage.stop()
