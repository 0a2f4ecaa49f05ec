"""Parameters of endpoints: how each is written, and how it is read."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constellation.chronicler.market_history import TRADE_ID_PATTERN, TradeId
from constellation.marketdata.http.errors import HttpCode, HttpError, shown
from constellation.marketdata.wire import Json
from constellation.protocol.limits import JSON_NUMBER_MAX

Arguments = dict[str, Any]
"""The values of an endpoint's parameters by name; None where there is none."""

_WHOLE: Final = re.compile("0|[1-9][0-9]{0,15}")


@dataclass(slots=True, frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: its name.
        meaning: a sentence.
        schema: of its text or number.
        read: makes the value of the text; raises ValueError, saying what would be right.
        code: of the error when it cannot.
        default: the value when it is not given.
        in_path: whether it is a part of the path, and so always given.
    """

    name: str
    meaning: str
    schema: Json
    read: Callable[[str], Any]
    code: HttpCode
    default: Any = None
    in_path: bool = False

    def value(self, text: str) -> Any:
        """What a text means.

        Raises:
            HttpError: it means nothing.
        """
        try:
            return self.read(text)
        except ValueError as error:
            raise HttpError(self.code, f"{self.name}: {error}; you sent {shown(text)}") from None


def whole(
    name: str,
    meaning: str,
    code: HttpCode,
    least: int,
    most: int = JSON_NUMBER_MAX,
    default: int | None = None,
    *,
    in_path: bool = False,
) -> Parameter:
    """A whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    schema: Json = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        schema["default"] = default
    return Parameter(name, meaning, schema, read, code, default, in_path)


def choice(name: str, meaning: str, code: HttpCode, options: Iterable[str | int], default: str | int) -> Parameter:
    """One of a few words or numbers."""
    known = {str(option): option for option in options}

    def read(text: str) -> str | int:
        if text not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return known[text]

    kind = "string" if isinstance(default, str) else "integer"
    schema = {"type": kind, "enum": list(known.values()), "default": default}
    return Parameter(name, meaning, schema, read, code, default)


def trade_id(name: str, meaning: str) -> Parameter:
    """The id of a trade."""
    schema = {"type": "string", "pattern": f"^{TRADE_ID_PATTERN}$"}
    return Parameter(name, meaning, schema, TradeId.parse, HttpCode.INVALID_CURSOR)


def named(name: str, meaning: str, code: HttpCode) -> Parameter:
    """A name in the path; what it names is looked up later."""
    return Parameter(name, meaning, {"type": "string", "minLength": 1}, str, code, in_path=True)


def read_arguments(
    parameters: Sequence[Parameter], path: Iterable[tuple[str, str]], query: Iterable[tuple[str, str]]
) -> Arguments:
    """The values of all parameters.

    Args:
        parameters: of the endpoint.
        path: names and texts of those in the path.
        query: names and texts of those behind the question mark.

    Raises:
        HttpError: one is unknown, is given twice, or means nothing.
    """
    known = {parameter.name: parameter for parameter in parameters}
    found: Arguments = {name: known[name].value(text) for name, text in path}
    for name, text in query:
        parameter = known.get(name)
        if parameter is None or parameter.in_path:
            options = ", ".join(item.name for item in parameters if not item.in_path)
            there = f"there are {options}" if options else "there are none here"
            raise HttpError(HttpCode.UNKNOWN_PARAMETER, f"no parameter is called {shown(name)}; {there}")
        if name in found:
            raise HttpError(HttpCode.DUPLICATE_PARAMETER, f"{name} is given more than once")
        found[name] = parameter.value(text)
    return {parameter.name: found.get(parameter.name, parameter.default) for parameter in parameters}
