"""Whatever is asked for, it is answered as described: nothing raises, every error has a code."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constellation.marketdata.http.endpoints import ENDPOINTS, Endpoint
from constellation.marketdata.http.errors import HttpError, shown
from constellation.marketdata.http.openapi import openapi_document
from constellation.marketdata.http.parameters import read_arguments
from tests.chronicler.chain import Chain
from tests.marketdata.http_server import Answered, Asker, serving, write_chain
from tests.marketdata.json_schema import faults

DOCUMENT = openapi_document()
Ask = Callable[[str, str], Answered]
STATUSES = {200, 204, 304, 400, 404, 405}

NASTY = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e3",
        "9" * 30,
        "' OR 1=1 --",
        "1; DROP TABLE trades",
        "\x00",
        "\ud7ff",
        "XLM-USD",
        "../..",
        "1-1",
        "{",
        "%",
    ]
)
TEXTS = NASTY | st.text(max_size=20) | st.integers().map(str)
NAMES = st.sampled_from(sorted({item.name for endpoint in ENDPOINTS for item in endpoint.parameters} | {"limit[]"}))
PATHS = st.sampled_from([endpoint.path for endpoint in ENDPOINTS])


@st.composite
def targets(draw: st.DrawFn) -> str:
    """A path with anything in its places, and a query of anything."""
    path = draw(PATHS)
    for name in ("market", "asset", "number"):
        path = path.replace(f"{{{name}}}", quote(draw(TEXTS), safe=draw(st.sampled_from(["", "/:"]))))
    if draw(st.integers(0, 9)) == 0:
        path += "/" + quote(draw(TEXTS), safe="")
    query = [
        f"{quote(draw(NAMES | TEXTS), safe='')}={quote(draw(TEXTS), safe='')}" for _ in range(draw(st.integers(0, 4)))
    ]
    return path + ("?" + "&".join(query) if query else "")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """A function that asks a server which stays for all examples."""
    chain = Chain(batches=5, quanta=20)
    engine = write_chain(tmp_path_factory.mktemp("chronicle") / "c.sqlite", chain)
    loop = asyncio.new_event_loop()
    serving_now = serving(chain, engine, Path("nothing"))
    asker: Asker = loop.run_until_complete(serving_now.__aenter__())

    def ask(target: str, method: str) -> Answered:
        return loop.run_until_complete(asker.ask(target, method))

    yield ask
    loop.run_until_complete(serving_now.__aexit__(None, None, None))
    loop.close()
    engine.dispose()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=targets(), method=st.sampled_from(["GET"] * 6 + ["HEAD", "POST", "OPTIONS", "DELETE"]))
def test_anything_is_answered(ask: Ask, target: str, method: str) -> None:
    answer = ask(target, method)
    assert answer.status in STATUSES, (target, answer)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if answer.status >= 400 and method != "HEAD":
        assert faults(json.loads(answer.body), {"$ref": "#/components/schemas/Error"}, DOCUMENT) == []
        assert len(answer.body) < 1000


@given(endpoint=st.sampled_from(ENDPOINTS), query=st.lists(st.tuples(NAMES | TEXTS, TEXTS), max_size=5))
def test_what_is_read_is_in_its_range(endpoint: Endpoint, query: list[tuple[str, str]]) -> None:
    path = [(item.name, "1") for item in endpoint.parameters if item.in_path]
    try:
        arguments = read_arguments(endpoint.parameters, path, query)
    except HttpError as error:
        assert len(str(error)) < 500
        return
    assert len(query) == len(dict(query))
    assert arguments.keys() == {item.name for item in endpoint.parameters}
    for parameter in endpoint.parameters:
        value = arguments[parameter.name]
        if value is not None and parameter.schema["type"] == "integer":
            assert faults(value, parameter.schema, DOCUMENT) == []


@given(st.text())
def test_what_is_quoted_can_be_printed(text: str) -> None:
    quoted = shown(text)
    assert quoted.isprintable()
    assert len(quoted) < 700
    quoted.encode()
