"""Databases that fail at a chosen moment."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

Fault = Callable[[], None]
"""Called at each moment at which something can fail; raises to let it."""


def inject(engine: Engine, fault: Fault) -> None:
    """Ask ``fault`` before and after every statement and commit."""

    def at_statement(*_: Any) -> None:
        fault()

    event.listen(engine, "before_cursor_execute", at_statement)
    event.listen(engine, "after_cursor_execute", at_statement)
    commit = engine.dialect.do_commit

    def failing_commit(connection: Any) -> None:
        fault()
        commit(connection)
        fault()

    engine.dialect.do_commit = failing_commit  # type: ignore[method-assign]
