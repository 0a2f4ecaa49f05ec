"""A chronicle: one database of what has happened in one constellation."""

from dataclasses import replace

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from constellation.chronicler import tables
from constellation.chronicler.connections import UnusableDatabase, open_engine
from constellation.chronicler.migrating import migrate
from constellation.chronicler.writer import APPOINTMENT, Cursor, put_about, put_cursor, read_cursor
from constellation.protocol.messages import Settings, SignedAppointment
from constellation.protocol.signing import settings_hash
from constellation.protocol.terms import Terms, check_appointments
from constellation.quanta import Tip

_SETTINGS = "settings"


def open_chronicle(url: str, settings: Settings) -> Engine:
    """A database with tables of this version and a cursor, for the chronicle of one constellation.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        settings: of genesis.

    Raises:
        UnusableDatabase: it cannot be opened, or is of another constellation.
    """
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            migrate(connection)
            _identify(connection, settings)
    except SQLAlchemyError as error:
        engine.dispose()
        raise UnusableDatabase(f"the database cannot be used: {getattr(error, 'orig', None) or error}") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def _identify(connection: Connection, settings: Settings) -> None:
    digest = settings_hash(settings)
    about = tables.about
    known = connection.execute(select(about.c.value).where(about.c.name == _SETTINGS)).scalar()
    if known is None:
        put_about(connection, _SETTINGS, digest)
        put_cursor(connection, Cursor(Tip.genesis(settings), 0))
    elif known != digest:
        raise UnusableDatabase("the database is of another constellation: its settings have another hash")


def read_appointments(connection: Connection) -> list[SignedAppointment]:
    """The appointments that the chronicle has, by term."""
    about = tables.about
    query = select(about.c.value).where(about.c.name.startswith(APPOINTMENT))
    signed = [SignedAppointment.from_xdr(value) for value in connection.execute(query).scalars()]
    return sorted(signed, key=lambda item: item.appointment.term)


def read_terms(connection: Connection, settings: Settings) -> Terms:
    """The settings and the appointments that the chronicle has."""
    return check_appointments(settings, read_appointments(connection))


def settings_in_force(connection: Connection, genesis: Settings) -> Settings:
    """The settings after everything in the chronicle: the last change, with the members of the last batch's term."""
    changes = tables.settings_changes.c
    query = select(changes.settings).order_by(changes.version.desc()).limit(1)
    last = connection.execute(query).scalar()
    settings = genesis if last is None else Settings.from_xdr(last)
    terms, epoch = read_terms(connection, genesis), read_cursor(connection).tip.epoch
    members = terms.members_of(epoch)
    return replace(settings, alpha=terms.alpha_of(epoch), auditors=members.auditors, quorum_rule=members.quorum_rule)


def drop_chronicle(engine: Engine) -> None:
    """Drop everything: the next :func:`open_chronicle` begins at genesis."""
    with engine.begin() as connection:
        for name in reversed([table.name for table in tables.metadata.sorted_tables]):
            connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def is_chronicle(engine: Engine) -> bool:
    """Whether the database has a chronicle's tables."""
    return inspect(engine).has_table(tables.about.name)
