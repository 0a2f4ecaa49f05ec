"""The short numbers of accounts, given in the order in which they first appear."""

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, func, insert, select

from constellation.chronicler.tables import accounts
from constellation.protocol.limits import CHRONICLE_ACCOUNTS_CACHED_MAX

_ASKED_AT_ONCE = 500


class AccountNumbers:
    """Numbers by key, as the database has them, for the writer; those used lately are remembered."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}

    def learn(self, connection: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
        """The numbers of ``keys``; new ones are given, in the order of ``keys``, within the caller's transaction.

        They are remembered by :meth:`keep` once that transaction has gone through.
        """
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        found = find_accounts(connection, missing)
        new = [key for key in missing if key not in found]
        if new:
            last = connection.execute(select(func.coalesce(func.max(accounts.c.id), 0))).scalar_one()
            given = {key: last + 1 + place for place, key in enumerate(new)}
            connection.execute(insert(accounts), [{"id": number, "key": key} for key, number in given.items()])
            found |= given
        return {key: found[key] if key in found else self._known[key] for key in keys}

    def keep(self, numbers: dict[bytes, int]) -> None:
        """Remember numbers that are durable."""
        self._known |= numbers
        surplus = len(self._known) - CHRONICLE_ACCOUNTS_CACHED_MAX
        for key in list(islice(self._known, max(0, surplus))):
            del self._known[key]


def find_accounts(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, int]:
    """The numbers of those ``keys`` that have one."""
    wanted = iter(keys)
    found: dict[bytes, int] = {}
    while some := list(islice(wanted, _ASKED_AT_ONCE)):
        query = select(accounts.c.key, accounts.c.id).where(accounts.c.key.in_(some))
        found |= {row.key: row.id for row in connection.execute(query)}
    return found


def account_number(connection: Connection, key: bytes) -> int | None:
    """The number of an account; None when nothing has happened to it yet."""
    return connection.execute(select(accounts.c.id).where(accounts.c.key == key)).scalar()
