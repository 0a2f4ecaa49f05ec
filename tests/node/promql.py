"""Which metrics, labels and label values a PromQL expression names: as much of the language as alerts need."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*") |
    (?P<number>\d+(?:\.\d+)?(?:e\d+)?(?:ms|[smhdwy])?(?![a-z])) |
    (?P<variable>\$__rate_interval) |
    (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*) |
    (?P<sign>=~|!~|==|!=|<=|>=|[-+*/<>=(){}\[\],])
    )""",
    re.VERBOSE,
)
_FUNCTIONS = {"rate", "increase", "time", "histogram_quantile"}
_AGGREGATIONS = {"sum", "max", "min", "count", "avg"}
_WORDS = {"and", "or", "unless", "bool"}
_LABEL_LISTS = {"by", "without", "on", "ignoring"}
_CLOSES = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class Query:
    """What an expression names.

    Attributes:
        series: names of time series with the values that their labels are compared with.
        labels: those that it groups or joins by.
    """

    series: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)


def parse(text: str) -> Query:
    """Raises ValueError for what is not understood."""
    tokens = list(_tokens(text))
    query, open_signs, place = Query(), [], 0
    while place < len(tokens):
        kind, token = tokens[place]
        following = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        place += 1
        if kind == "name" and token in _LABEL_LISTS and following == "(":
            end = tokens.index(("sign", ")"), place)
            query.labels |= {name for sort, name in tokens[place:end] if sort == "name"}
            place = end + 1
        elif kind == "name" and following == "(" and token not in _FUNCTIONS | _AGGREGATIONS:
            raise ValueError(f"{token} is no known function")
        elif kind == "name" and following == "{":
            end = tokens.index(("sign", "}"), place)
            query.series.append((token, _matchers(tokens[place + 1 : end])))
            place = end + 1
        elif kind == "name" and token not in _FUNCTIONS | _AGGREGATIONS | _WORDS:
            query.series.append((token, {}))
        elif token in _CLOSES.values():
            open_signs.append(token)
        elif token in _CLOSES and (not open_signs or open_signs.pop() != _CLOSES[token]):
            raise ValueError(f"{token} closes nothing in {text!r}")
    if open_signs:
        raise ValueError(f"{open_signs} is not closed in {text!r}")
    return query


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"{text[place:]!r} is not understood")
        place = found.end()
        kind = found.lastgroup
        assert kind is not None
        yield kind, found[kind]


def _matchers(tokens: list[tuple[str, str]]) -> dict[str, list[str]]:
    matchers = {}
    for (_, label), (_, sign), (kind, value) in zip(tokens[0::4], tokens[1::4], tokens[2::4], strict=True):
        if kind != "string" or sign not in ("=", "=~", "!=", "!~"):
            raise ValueError(f"{label}{sign}{value} is no matcher")
        matchers[label] = value[1:-1].split("|") if sign.endswith("~") else [value[1:-1]]
    return matchers
