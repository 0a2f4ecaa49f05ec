"""Makes and updates the tables of a chronicle, by the revisions in ``migrations/``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from constellation.chronicler.connections import UnusableDatabase

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x636F6E7374656C6C  # of PostgreSQL, while tables are made: "constell"


def migrate(connection: Connection) -> None:
    """Bring the tables to this version's form, within the caller's transaction.

    Many chroniclers may open one database at a time: one makes the tables, the others wait.

    Raises:
        UnusableDatabase: a later version has changed the tables.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise UnusableDatabase(f"the database is not of this version, but perhaps of a later one: {error}") from None
