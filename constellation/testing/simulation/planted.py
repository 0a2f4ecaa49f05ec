"""Bugs to plant: a simulator that does not find them finds nothing.

Each is a defence of the production code that is taken away, by its name; ``--plant NAME`` runs with one.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final
from unittest.mock import patch

from constellation.build import core_is_compiled
from constellation.chronicler import writer as chronicle_writer
from constellation.chronicler.candles import Candle
from constellation.chronicler.intake import FinalBatch
from constellation.chronicler.writer import ChronicleWriter, Cursor
from constellation.gateway import desk
from constellation.herald import votes
from constellation.herald.alpha import AlphaHerald
from constellation.herald.events import Adopt
from constellation.herald.promises import best_tip
from constellation.node.chronicle_follower import Follower
from constellation.orderbook import OrderBook
from constellation.protocol.messages import Agent
from constellation.quanta import agents, keys, request
from constellation.snapshots import QuantumLog, StoredBatch
from constellation.snapshots.items import Item
from constellation.snapshots.writer import LogWriter
from constellation.vault import Account, Vault

_COMPILED: Final = "a compiled core cannot be patched"


def acknowledge_early() -> None:
    """Say that something is durable when it is only on its way to the disk."""
    store = LogWriter.store

    def early(self: LogWriter, item: Item) -> asyncio.Future[None]:
        store(self, item)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    LogWriter.store = early  # type: ignore[method-assign]


def lose_writes() -> None:
    """Every tenth batch is not written."""
    write = QuantumLog.write

    def lossy(self: QuantumLog, items: Sequence[Item]) -> None:
        write(self, [item for item in items if not isinstance(item, StoredBatch) or _number(item) % 10])

    QuantumLog.write = lossy  # type: ignore[method-assign]


def _number(item: StoredBatch) -> int:
    return item.batch.signed_header.header.number


def adopt_own_log() -> None:
    """Alpha rises on what it has itself, whatever the auditors have promised."""

    def adopt(self: AlphaHerald) -> Adopt:
        best = best_tip(self._settings, self._proposals.promises)
        return Adopt(self.tip, self.tip.number, None, best)

    AlphaHerald._adopt = adopt  # type: ignore[method-assign]


def count_one_vote() -> None:
    """One vote is enough for alpha."""
    setattr(votes, "quorum_of", lambda _: 1)  # noqa: B010 - a name that the module has only imported


def deposit_twice() -> None:
    """What arrives is credited twice now and then; every node does the same."""
    assert not core_is_compiled(), _COMPILED
    deposit = Vault.deposit

    def generous(self: Vault, account: Account, asset: int, amount: int) -> None:
        deposit(self, account, asset, amount * (1 + (amount % 3 == 0)))

    Vault.deposit = generous  # type: ignore[method-assign]


def hide_asks() -> None:
    """Buyers do not see the best offer."""
    assert not core_is_compiled(), _COMPILED
    best = OrderBook.best
    OrderBook.best = lambda self, side: None if len(self) % 2 else best(self, side)  # type: ignore[method-assign]


def ignore_rights() -> None:
    """An agent may do everything; every node does the same."""
    assert not core_is_compiled(), _COMPILED
    setattr(request, "check_right", lambda *_: None)  # noqa: B010 - a name that the module has only imported


def ignore_locks() -> None:
    """What is locked is done nevertheless; every node does the same."""
    assert not core_is_compiled(), _COMPILED
    setattr(request, "check_not_locked", lambda *_: None)  # noqa: B010


def keep_agents() -> None:
    """An agent's rights never expire; every node does the same."""
    assert not core_is_compiled(), _COMPILED
    check = keys.check_signer

    def check_at_the_beginning(account: Account, signer: bytes | None, _: int) -> Agent | None:
        return check(account, signer, 0)

    for module in (request, desk):
        setattr(module, "check_signer", check_at_the_beginning)  # noqa: B010


def forget_sub_accounts() -> None:
    """A rotation leaves sub-accounts to the old key; every node does the same."""
    assert not core_is_compiled(), _COMPILED
    setattr(agents, "family", lambda _, account: [account])  # noqa: B010


def move_cursor_alone() -> None:
    """A chronicler says how far it is in a transaction of its own, before the one with the rows."""
    run, put = Follower._run, chronicle_writer.put_cursor

    def move(writer: ChronicleWriter, batches: Sequence[FinalBatch]) -> Cursor:
        last = batches[-1].sealed
        with writer._engine.begin() as connection:
            before = chronicle_writer.read_cursor(connection)
            if last.header.number > before.tip.number:
                put(connection, Cursor(last.tip, last.header.last_apex))
        return before

    def write(writer: ChronicleWriter, batches: Sequence[FinalBatch], before: Cursor) -> int:
        with (
            patch.object(chronicle_writer, "read_cursor", lambda *_, **__: before),
            patch.object(chronicle_writer, "put_cursor", lambda *_: None),
        ):
            return writer.write(batches)

    async def in_two(self: Follower, call: Callable[..., Any], *arguments: Any) -> Any:
        if call != self._writer.write:
            return await run(self, call, *arguments)
        before = await run(self, move, self._writer, *arguments)
        return await run(self, write, self._writer, *arguments, before)

    Follower._run = in_two  # type: ignore[method-assign]


def candles_twice() -> None:
    """A chronicler adds trades to a candle twice when it was there already."""
    merge = Candle.merge

    def generous(self: Candle, later: Candle) -> None:
        merge(self, later)
        self.trades += later.trades

    Candle.merge = generous  # type: ignore[method-assign]


PLANTED: Final[dict[str, Callable[[], None]]] = {
    plant.__name__: plant
    for plant in (
        acknowledge_early,
        lose_writes,
        adopt_own_log,
        count_one_vote,
        deposit_twice,
        hide_asks,
        ignore_rights,
        ignore_locks,
        keep_agents,
        forget_sub_accounts,
        move_cursor_alone,
        candles_twice,
    )
}
"""All of them, by name."""
