"""What came of verifying an archive, as a table for people and as JSON for programs.

Amounts are decimal text and hashes hexadecimal; times are microseconds since 1970 in JSON.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from constellation.node.wide_console import wide_console
from constellation.protocol.amounts import format_amount
from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.snapshots.archive import ArchiveRefuted
from constellation.snapshots.archive_report import ArchiveProof

Json = dict[str, Any]


def document(archive: Path, proof: ArchiveProof) -> Json:
    """What was proved, as JSON types."""
    return {
        "result": "proved",
        "archive": str(archive),
        "anchored": proof.anchored,
        "constellation_id": settings_constellation_id(proof.settings).hex(),
        "settings_hash": settings_hash(proof.settings).hex(),
        "settings_version": proof.settings_version,
        "settings_in_force": settings_hash(proof.settings_in_force or proof.settings).hex(),
        "starts_from": "snapshot" if proof.base_batch else "genesis",
        "batches": _range(proof.batches, proof.base_batch + 1, proof.last_batch),
        "quanta": _range(proof.quanta, proof.base_apex + 1, proof.last_apex),
        "epochs": _range(proof.opened_epochs, *(proof.epochs or (0, 0))),
        "timestamps_us": _range(proof.quanta, *(proof.timestamps_us or (0, 0))),
        "certificates": proof.certificates,
        "auditors": [
            {
                "auditor": encode_public_key(key),
                "certificates": share.certificates,
                "quanta": proof.quanta_of(key),
            }
            for key, share in proof.auditors.items()
        ],
        "state_root": proof.state_root.hex(),
        "assets": [
            {
                "asset": format_asset(asset.identity),
                "held": format_amount(asset.held),
                "balances": format_amount(asset.balances),
                "suspense": format_amount(asset.suspense),
            }
            for asset in proof.assets
        ],
    }


def _range(count: int, first: int, last: int) -> Json:
    return {"count": count, "first": first if count else None, "last": last if count else None}


def refutation(archive: Path, error: ArchiveRefuted, *, anchored: bool) -> Json:
    """The first thing that does not hold, as JSON types."""
    return {
        "result": "refuted",
        "archive": str(archive),
        "anchored": anchored,
        "code": error.code.name,
        "code_number": int(error.code),
        "message": error.message,
        "record": error.record,
        "offset": error.offset,
        "batch": error.batch,
        "quantum": error.quantum,
    }


def print_document(found: Json) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(found, indent=2))


def print_table(archive: Path, proof: ArchiveProof) -> None:
    """Print what was proved, for people."""
    found = document(archive, proof)
    console = wide_console()
    for table in (_summary(found), _auditors(found), _assets(found)):
        console.print(table)


def _summary(found: Json) -> Table:
    table = Table(title=escape(f"{found['archive']} is PROVED"), title_justify="left", show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    origin = "given by you" if found["anchored"] else "from the archive itself, NOT ANCHORED"
    table.add_row("constellation", found["constellation_id"])
    table.add_row("settings", f"{found['settings_hash']}\n{origin}")
    table.add_row("in force", f"version {found['settings_version']}: {found['settings_in_force']}")
    table.add_row("starts from", found["starts_from"])
    for name in ("batches", "quanta", "epochs"):
        table.add_row(name, _span(found[name]))
    if found["timestamps_us"]["count"]:
        first, last = (_time(found["timestamps_us"][end]) for end in ("first", "last"))
        table.add_row("times", f"{first} to {last}")
    table.add_row("certificates", str(found["certificates"]))
    table.add_row("state root", found["state_root"])
    return table


def _span(found: Json) -> str:
    return f"{found['count']}: {found['first']} to {found['last']}" if found["count"] else "none"


def _time(timestamp_us: int) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=timestamp_us)
    except OverflowError:
        return f"{timestamp_us} microseconds since 1970"
    return moment.isoformat(sep=" ", timespec="seconds")


def _auditors(found: Json) -> Table:
    table = Table(title="Signed for by", title_justify="left")
    table.add_column("auditor", overflow="fold")
    table.add_column("certificates", justify="right")
    table.add_column("quanta", justify="right")
    for item in found["auditors"]:
        table.add_row(item["auditor"], str(item["certificates"]), str(item["quanta"]))
    return table


def _assets(found: Json) -> Table:
    table = Table(title="Money is conserved: held = balances + suspense", title_justify="left")
    table.add_column("asset", overflow="fold")
    for name in ("held", "balances", "suspense"):
        table.add_column(name, justify="right", no_wrap=True)
    for item in found["assets"]:
        table.add_row(*(item[name] for name in ("asset", "held", "balances", "suspense")))
    return table
