"""Databases for tests: an SQLite file and, where there is a server, a PostgreSQL database of the test's own.

``from tests.chronicler.databases import database_url`` makes a test with that argument run on each of them, with an
empty database for each test; ``each_database_url`` keeps it for all tests of a module.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from constellation.chronicler.connections import sqlite_url

SERVER = os.environ.get("CONSTELLATION_TEST_POSTGRES", "postgresql://127.0.0.1:5432/test")
"""Of a server on which databases can be made; nothing of this one is touched."""


@cache
def _missing() -> str | None:
    """Why there is no PostgreSQL; None when there is."""
    try:
        _execute("SELECT 1")
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        return f"no PostgreSQL at {SERVER}: {type(error).__name__}"
    return None


def _execute(statement: str) -> None:
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a new database, dropped in the end; the test is skipped where there is no server."""
    missing = _missing()
    if missing is not None:
        pytest.skip(missing)
    name = f"constellation_test_{uuid4().hex[:16]}"
    _execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _database(kind: str, directory: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield sqlite_url(directory / "chronicle.sqlite")
    else:
        with postgres_database() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    with _database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database that the tests of one module share."""
    with _database(request.param, tmp_path_factory.mktemp("databases")) as url:
        yield url
