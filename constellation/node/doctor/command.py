"""Shows what the examination finds, as it is found."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constellation.node.config import load_config
from constellation.node.doctor.examination import examine
from constellation.node.doctor.findings import Finding, Verdict
from constellation.node.exit_codes import ExitCode

_STYLES = {Verdict.OK: "green", Verdict.SKIPPED: "cyan", Verdict.WARNING: "yellow", Verdict.FAILED: "bold red"}
_WIDTH_MIN = 100


async def run_doctor(role: str, config_path: Path | None, flags: dict[str, Any], *, as_json: bool) -> ExitCode:
    """Examine a node; FAILED when something must be done before it is trusted.

    Raises:
        ConfigurationError: the configuration itself cannot be read.
    """
    config = load_config(config_path, flags)
    console = Console(highlight=False, emoji=False, stderr=True)
    findings: list[Finding] = []
    with console.status("looking") as status:
        async for finding in examine(role, config):
            findings.append(finding)
            status.update(f"looked at: {escape(finding.what)}")
    has_failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    if as_json:
        click.echo(
            json.dumps({"ok": not has_failed, "findings": [finding.to_json() for finding in findings]}, indent=2)
        )
    else:
        _print(role, findings)
    return ExitCode.FAILED if has_failed else ExitCode.OK


def _print(role: str, findings: list[Finding]) -> None:
    console = Console(highlight=False, emoji=False)
    console.width = max(console.width, _WIDTH_MIN)
    table = Table(title=f"Examination of {role}", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("found, and what to do", overflow="fold")
    for finding in findings:
        text = escape(finding.found)
        if finding.advice:
            text += f"\n[bold]{escape(finding.advice)}[/]"
        style = _STYLES[finding.verdict]
        table.add_row(escape(finding.what), f"[{style}]{finding.verdict}[/]", text)
    console.print(table)
    counts = {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
    console.print(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))
