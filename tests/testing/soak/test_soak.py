"""A short soak of real processes; ``make soak`` runs long ones."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from constellation.testing.soak import Soak, SoakOptions, print_soak

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]


async def test_a_constellation_under_load_and_strikes_keeps_its_promises(tmp_path: Path) -> None:
    lines: list[str] = []
    options = SoakOptions(
        duration_s=8, seed=5, rate=60, accounts=6, strike_interval_s=2, deposit_interval_s=0, warm_up_s=0
    )  # a deposit is always on its way, also when the load ends
    document = json.loads(json.dumps(await Soak(options, tmp_path / "soak", lines.append).run()))
    assert document["violations"] == [], "\n".join(lines)
    assert document["held"]
    assert sum(document["strikes"].values()) > 0
    for name in ("acknowledged", "effects", "certificates", "state roots", "deposits", "vault", "archive", "processes"):
        assert document["checked"][name] > 0, name
    assert document["checked"]["acknowledged"] == sum(document["load"]["accepted"].values())
    assert document["memory"].keys() == {"alpha", "auditor-1", "auditor-2", "auditor-3", "ledger", "load-1"}
    assert all(item["bytes_per_quantum"] for item in document["files"].values())
    console = Console(record=True, width=120)
    print_soak(document, console)
    assert "All oracles held" in console.export_text()
