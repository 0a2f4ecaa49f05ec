"""Changing messages in place, as only tests do."""

from dataclasses import fields
from typing import Any


def set_field(message: Any, name: str, content: object) -> None:
    """Set a field, even one that is final and that a compiled class lets nobody but its constructor set.

    Raises:
        TypeError: the class is compiled, and ``content`` is not of the field's type.
    """
    try:
        setattr(message, name, content)
    except AttributeError:
        kept = {field.name: getattr(message, field.name) for field in fields(message) if field.init}
        message.__init__(**{**kept, name: content})
