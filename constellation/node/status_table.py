"""A constellation as tables for people."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from constellation.node.logs import escaped

Json = dict[str, Any]

_NOTHING = "-"
_SHORT = 10
"""Letters of a key that are shown."""


def constellation_table(document: Json) -> RenderableType:
    """All of it.

    Args:
        document: see :mod:`constellation.node.status_document`.
    """
    parts: list[RenderableType] = [_nodes(document["nodes"]), *_reasons(document["nodes"])]
    if document["alpha"] is not None:
        parts += [_auditors(document["auditors"], document["alpha"]["quorum"]), _alpha(document["alpha"])]
    if document["assets"]:
        parts.append(_assets(document["assets"]))
    return Group(*parts)


def _nodes(nodes: list[Json]) -> Table:
    table = _table("Nodes")
    for name in ("node", "role", "state"):
        table.add_column(name, overflow="fold")
    for name in ("epoch", "batch", "final", "apex", "quanta/s", "commit p99", "ledger lag", "disk free", "version"):
        table.add_column(name, justify="right")
    for node in nodes:
        if node["problem"] is not None:
            table.add_row(_text(node["url"]), "", Text("no answer", "bold red"))
            continue
        style = "yellow" if node["degraded"] else "green" if node["ready"] else "red"
        state = "degraded" if node["degraded"] else node["state"]
        final = node.get("certified_batch", node["batch"])
        figures = [node.get("epoch"), node["batch"], final, node["apex"]]
        table.add_row(
            _text(node["url"]),
            _text(node["role"]),
            Text(escaped(state), style),
            *map(_number, figures),
            _rate(node["quanta_per_s"]),
            _seconds(node["commit_p99_s"]),
            _seconds(node["ledger_lag_s"]),
            _bytes(node.get("disk_free_bytes")),
            _text(node["version"] or _NOTHING),
        )
    return table


def _reasons(nodes: list[Json]) -> list[Text]:
    return [
        Text(escaped(f"{node['url']}: {reason}"), "yellow" if node["problem"] is None else "red")
        for node in nodes
        for reason in (node["reasons"] if node["problem"] is None else [node["problem"]])
    ]


def _auditors(auditors: list[Json], quorum: int | None) -> Table:
    following = sum(item["connected"] for item in auditors)
    table = _table(f"Auditors, as alpha sees them: {following} of {len(auditors)} follow, {_number(quorum)} are needed")
    table.add_column("auditor")
    table.add_column("node", overflow="fold")
    table.add_column("follows")
    for name in ("batches behind", "votes/s", "faults"):
        table.add_column(name, justify="right")
    for item in auditors:
        follows = Text("yes", "green") if item["connected"] else Text("no", "red")
        table.add_row(
            _text(item["auditor"][:_SHORT] + "…"),
            _text(item["url"] or _NOTHING),
            follows,
            _number(item["lag_batches"]),
            _rate(item["votes_per_s"]),
            _number(item["faults"]),
        )
    return table


def _alpha(alpha: Json) -> Table:
    table = _table("Alpha")
    table.add_column("what")
    table.add_column("now", justify="right")
    requests = alpha["requests_per_s"]
    taken = sum(rate or 0 for result, rate in requests.items() if result == "ACCEPTED")
    rows = {
        "requests accepted/s": _rate(taken),
        **{f"requests {name}/s": _rate(rate) for name, rate in requests.items() if rate and name != "ACCEPTED"},
        "certificates/s": _rate(alpha["certificates_per_s"]),
        "acknowledged after, p50 and p99": _pair(alpha, "acknowledgement"),
        "then final after, p50 and p99": _pair(alpha, "finality"),
        "not final": f"{_number(alpha['unfinal_quanta'])} quanta, {_seconds(alpha['unfinal_age_s'])}",
        "mode": alpha["mode"] or _NOTHING,
        "clients": _number(alpha["connections"]),
        "withdrawals pending": _number(alpha["pending_withdrawals"]),
        "oldest open transaction of the vault": _seconds(alpha["oldest_transaction_s"]),
    }
    for name, value in rows.items():
        table.add_row(_text(name), value)
    return table


def _pair(alpha: Json, name: str) -> str:
    return f"{_seconds(alpha[f'{name}_p50_s'])}, {_seconds(alpha[f'{name}_p99_s'])}"


def _assets(assets: list[Json]) -> Table:
    table = _table("Vault")
    table.add_column("asset", overflow="fold")
    for name in ("in the vault", "owed", "difference"):
        table.add_column(name, justify="right")
    table.add_column("")
    words = {True: Text("ok", "green"), False: Text("differs", "bold red"), None: Text("not compared", "dim")}
    for item in assets:
        verdict = words[item["ok"]].copy()
        if item["suspended"]:
            verdict.append(", suspended", "bold red")
        amounts = [_text(item[name] or _NOTHING) for name in ("vault", "owed", "difference")]
        table.add_row(_text(item["asset"]), *amounts, verdict)
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left")


def _text(words: str) -> Text:
    """Foreign words, which steer neither the terminal nor its colours."""
    return Text(escaped(words))


def _number(value: int | None) -> str:
    return _NOTHING if value is None else str(value)


def _rate(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.1f}"


def _seconds(value: float | None) -> str:
    if value is None:
        return _NOTHING
    return f"{value * 1000:.1f} ms" if 0 < value < 1 else f"{value:.1f} s"


def _bytes(value: int | None) -> str:
    return _NOTHING if value is None else f"{value / 2**30:.1f} GiB"
