"""What the import of the SDK costs, in a fresh interpreter: little time, and nothing that only nodes need."""

import subprocess
import sys

import constellation.sdk

LIMIT_S = 0.150
NODES_ONLY = {
    "aiohttp", "alembic", "click", "nats", "prometheus_client", "psycopg", "pydantic", "pydantic_settings", "requests",
    "rich", "sortedcontainers", "sqlalchemy", "stellar_sdk", "structlog", "xdrlib3",
}  # fmt: skip


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_import_is_quick() -> None:
    code = "import time; begin = time.perf_counter(); import constellation.sdk; print(time.perf_counter() - begin)"
    assert min(float(run(code)) for _ in range(5)) < LIMIT_S


def test_all_of_it_needs_nothing_that_only_nodes_need() -> None:
    printed = run("import sys; from constellation.sdk import *; print(*{name.split('.')[0] for name in sys.modules})")
    loaded = set(printed.split())
    assert "websockets" in loaded
    assert not loaded & NODES_ONLY


def test_names_are_loaded_when_they_are_used_and_are_all_there() -> None:
    assert run("import sys, constellation.sdk; print('constellation.sdk.client' in sys.modules)").strip() == "False"
    assert sorted(constellation.sdk._HOME_OF) == constellation.sdk.__all__
    for name, module in constellation.sdk._HOME_OF.items():
        assert getattr(constellation.sdk, name) is getattr(sys.modules[f"constellation.{module}"], name)
    assert set(constellation.sdk.__all__) <= set(dir(constellation.sdk))
    assert not hasattr(constellation.sdk, "NoSuchName")
