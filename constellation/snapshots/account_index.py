"""Which batches have effects of an account: what a client that reconnects is answered from.

One row a batch, beside the batch and in its transaction, has the account of every effect group and the number of its
first effect there, packed, and the batch's outline, which helps to show one account's effects. Rows are only ever
appended, so that the index costs the same however many accounts there are; a row per account would touch a page each. A
search lets SQLite look through the packed rows, backwards from the last: clients ask for what happened a moment ago.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Integer, Table, delete, func, select

from constellation.protocol.messages import BatchEffects
from constellation.snapshots.damage import Sealed, seal
from constellation.snapshots.tables import metadata

_KEY_BYTES: Final = 16  # of an account's key: nobody can find two that begin alike
_NUMBER_BYTES: Final = 8

_ACCOUNTS_PLACE: Final = "account_effects.accounts"
_OUTLINE_PLACE: Final = "account_effects.outline"

account_effects = Table(
    "account_effects",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("accounts", Sealed(_ACCOUNTS_PLACE), nullable=False),
    Column("outline", Sealed(_OUTLINE_PLACE), nullable=False),
)

# As text for the driver, because it is executed with every batch.
_INSERT: Final = "INSERT INTO account_effects (number, accounts, outline) VALUES (?, ?, ?)"


def index_effects(connection: Connection, number: int, effects: BatchEffects, outline: bytes) -> None:
    """Add batch ``number``, within the caller's transaction."""
    row = number, seal(_ACCOUNTS_PLACE, pack_effects(effects)), seal(_OUTLINE_PLACE, outline)
    connection.exec_driver_sql(_INSERT, row)


def read_outline(connection: Connection, number: int) -> bytes:
    """The outline of batch ``number``; empty when it is not indexed."""
    columns = account_effects.c
    return connection.execute(select(columns.outline).where(columns.number == number)).scalar() or b""


def pack_effects(effects: BatchEffects) -> bytes:
    """What the row of a batch says."""
    firsts: dict[bytes, int] = {}
    for quantum in effects.quanta:
        for group in quantum.groups:
            if group.account not in firsts:
                firsts[group.account] = group.first_number
    return b"".join([key[:_KEY_BYTES] + first.to_bytes(_NUMBER_BYTES, "big") for key, first in firsts.items()])


def drop_after(connection: Connection, number: int) -> None:
    """Forget the batches after ``number``, which are dropped in the caller's transaction."""
    connection.execute(delete(account_effects).where(account_effects.c.number > number))


def drop_before(connection: Connection, number: int) -> None:
    """Forget the batches before ``number``, which are pruned in the caller's transaction."""
    connection.execute(delete(account_effects).where(account_effects.c.number < number))


def find_effect(connection: Connection, account: bytes, effect: int) -> int | None:
    """The batch with the account's effect ``effect``, or the last one before it; None when it is not indexed."""
    for number, first in _rows(connection, account):
        if first <= effect:
            return number
    return None


def _rows(connection: Connection, account: bytes) -> Iterator[tuple[int, int]]:
    """The account's batches and the number of its first effect in each, backwards from the last."""
    place = func.instr(account_effects.c.accounts, account[:_KEY_BYTES])
    first = func.substr(account_effects.c.accounts, place + _KEY_BYTES, _NUMBER_BYTES)
    columns = account_effects.c  # the whole row is read, too, so that its checksum is compared
    query = select(columns.number, columns.accounts, first.label("first")).where(place > 0)
    query = query.order_by(columns.number.desc())
    for row in connection.execution_options(yield_per=64).execute(query):
        yield row.number, int.from_bytes(row.first, "big")


def batches_with(connection: Connection, account: bytes, first: int, most: int) -> list[int]:
    """Numbers of the batches from ``first`` on that have effects of the account, ascending, at most ``most``."""
    place = func.instr(account_effects.c.accounts, account[:_KEY_BYTES])
    query = select(account_effects.c.number).where(account_effects.c.number >= first, place > 0)
    return list(connection.execute(query.order_by(account_effects.c.number).limit(most)).scalars())
