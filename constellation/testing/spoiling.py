"""Changing messages in place, as only tests do."""

from typing import Any


def set_field(message: Any, name: str, content: object) -> None:
    """Set a field.

    Raises:
        TypeError: the class is compiled, and the field is final or of another type.
    """
    try:
        setattr(message, name, content)
    except AttributeError as error:
        raise TypeError(str(error)) from None
