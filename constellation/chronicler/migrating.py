"""Makes and updates the tables of a chronicle, by the revisions in ``migrations/``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x636F6E7374656C6C  # of PostgreSQL, while tables are made: "constell"


def migrate(connection: Connection) -> None:
    """Bring the tables to this version's form, within the caller's transaction.

    Many chroniclers may open one database at a time: one makes the tables, the others wait.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
