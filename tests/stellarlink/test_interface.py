"""What touches the network stays behind one interface: another backend can stand beside Horizon."""

import ast
from pathlib import Path

import constellation.stellarlink as package
from constellation.stellarlink import HorizonNetwork, NetworkPool, NetworkServer, StellarNetwork

DIRECTORY = Path(package.__file__).parent
NODE = DIRECTORY.parent / "node"


def imports(path: Path) -> set[str]:
    """Modules that a file imports, and names from them."""
    found = set()
    for item in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(item, ast.Import):
            found |= {name.name for name in item.names}
        elif isinstance(item, ast.ImportFrom):
            found |= {item.module or ""} | {f"{item.module}.{name.name}" for name in item.names}
    return found


def test_only_modules_of_horizon_know_horizon_and_http() -> None:
    paths = [path for path in DIRECTORY.glob("*.py") if not path.name.startswith(("horizon", "__init__"))]
    assert len(paths) > 20
    for path in paths:
        known = {name for name in imports(path) if "horizon" in name or name.split(".")[0] == "aiohttp"}
        assert not known, path.name


def test_a_node_takes_its_network_from_one_place() -> None:
    for path in NODE.glob("*.py"):
        inner = {name for name in imports(path) if name.startswith("constellation.stellarlink.horizon")}
        assert inner <= {"constellation.stellarlink.horizon_pool"}, path.name  # the function
    for name in ("alpha.py", "auditor.py", "ledger_duties.py"):
        assert "constellation.stellarlink.HorizonNetwork" not in imports(NODE / name)


def test_one_server_a_server_of_several_and_all_of_them_answer_the_same_calls() -> None:
    calls = {name for name in vars(StellarNetwork) if not name.startswith("_")}
    assert calls >= {"network", "account", "ledgers", "transactions", "transaction", "submit", "fee_stats", "closings"}
    for kind in (HorizonNetwork, NetworkServer, NetworkPool):
        assert calls <= set(dir(kind))
