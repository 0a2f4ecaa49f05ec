"""Tables of a refund, for people: what will be signed, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click
from rich.markup import escape
from rich.table import Table

from constellation.node.wide_console import wide_console
from constellation.protocol.amounts import format_amount
from constellation.stellarlink.refund_document import Json, plan_digest
from constellation.stellarlink.refund_signed import Result, SignedTransaction

_UNPAID_SHOWN = 20
_ROWS_MAX = 1000  # of payments; the file has them all


def _table(title: str, columns: Sequence[str], amounts: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(columns):
        table.add_column(name, overflow="fold", no_wrap=number == 0)
    for name in amounts:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def print_plan(document: Json) -> None:
    """Print all of a plan that a signer answers for."""
    console = wide_console()
    console.print(_summary(document))
    console.print(_payments(document))
    if document["unpaid"]:
        console.print(_unpaid(document))
    console.print(_sums(document))


def _summary(document: Json) -> Table:
    state, ledger, choices = document["state"], document["ledger"], document["choices"]
    table = Table(title="Refund plan", title_justify="left", show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    signers = document["signers"]
    fees = sum(item["fee_stroops"] for item in document["transactions"])
    rows = {
        "plan": plan_digest(document),
        "settings": document["settings_hash"],
        "signers": f"{signers['quorum']} of {', '.join(signers['auditors'])}",
        "state": f"after batch {state['batch']}, root {state['state_root']}",
        "ledger": f"{ledger['ledger']}, closed {_time(ledger['closed_at_s'])}",
        "valid until": _time(choices["max_time_s"]),
        "transactions": str(len(document["transactions"])),
        "fees": f"{format_amount(fees)} lumens, paid by the channels",
        "set aside": ", ".join(choices["set_aside"]) or "nothing",
        "surplus": ", ".join(f"{amount} {asset}" for asset, amount in choices["surplus"].items()) or "none",
        "donors": ", ".join(choices["donors"]) or "none",
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    return table


def _payments(document: Json) -> Table:
    every = [item for transaction in document["transactions"] for item in transaction["operations"]]
    title = "Payments" if len(every) <= _ROWS_MAX else f"The first {_ROWS_MAX} of {len(every)} payments"
    table = _table(title, ("to", "how", "asset"), ("amount",))
    for item in every[:_ROWS_MAX]:
        table.add_row(item["to"], item["way"].replace("_", " "), item["asset"], item["amount"])
    return table


def _unpaid(document: Json) -> Table:
    every = document["unpaid"]
    title = f"Cannot be paid now and stays in the vault: {len(every)}"
    table = _table(title, ("owner", "why", "asset"), ("amount",))
    for item in every[:_UNPAID_SHOWN]:
        table.add_row(item["owner"], item["reason"].replace("_", " "), item["asset"], item["amount"])
    return table


def _sums(document: Json) -> Table:
    names = ("vault", "planned", "unpaid", "reserve", "unexplained")
    table = _table("Vault = planned + unpaid + reserve + unexplained", ("asset",), names)
    for item in document["assets"]:
        table.add_row(item["asset"], *(item[name] for name in names))
    return table


def print_results(transactions: Sequence[SignedTransaction], document: Json) -> None:
    """Print what became of a plan's transactions, and per asset what was paid."""
    for number, item in enumerate(transactions, 1):
        words = f"transaction {number} {item.hash}: {item.result.value}"
        click.echo(f"{words}: {item.detail}" if item.detail else words)
    planned: dict[str, int] = {}
    paid: dict[str, int] = {}
    for item in transactions:
        for transfer in item.pays:
            planned[transfer.asset] = planned.get(transfer.asset, 0) + transfer.amount
            if item.result is Result.PAID:
                paid[transfer.asset] = paid.get(transfer.asset, 0) + transfer.amount
    table = _table("Refund", ("asset",), ("planned", "paid", "left"))
    for asset, amount in sorted(planned.items()):
        sums = (amount, paid.get(asset, 0), amount - paid.get(asset, 0))
        table.add_row(asset, *(format_amount(value) for value in sums))
    wide_console().print(table)
    unpaid = document.get("unpaid")
    if isinstance(unpaid, list) and unpaid:
        click.echo(f"{len(unpaid)} amounts were not in the plan because they could not be paid: see the plan")


def _time(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
