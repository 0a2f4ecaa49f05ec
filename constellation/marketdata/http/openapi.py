"""The OpenAPI 3.1 document, made from the table of endpoints."""

from collections.abc import Sequence
from typing import Final

from constellation.marketdata.http.endpoints import ENDPOINTS, Endpoint
from constellation.marketdata.http.errors import HttpCode, status_of
from constellation.marketdata.http.parameters import Parameter
from constellation.marketdata.http.schemas import SCHEMAS, reference
from constellation.marketdata.wire import Json

_EVERYWHERE: Final = (
    HttpCode.BODY_NOT_ALLOWED,
    HttpCode.UNKNOWN_PARAMETER,
    HttpCode.DUPLICATE_PARAMETER,
    HttpCode.METHOD_NOT_ALLOWED,
    HttpCode.RATE_LIMITED,
    HttpCode.OVERLOADED,
    HttpCode.UNAVAILABLE,
)
_HEADERS: Final[Json] = {
    "ETag": {"description": "for If-None-Match", "schema": {"type": "string"}},
    "Cache-Control": {"description": "how long the answer is good for", "schema": {"type": "string"}},
}


def openapi_document(endpoints: Sequence[Endpoint] = ENDPOINTS) -> Json:
    """What can be asked, and how the answers look."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Constellation market data",
            "version": "1",
            "description": (
                "Certified market data of one constellation. Amounts and prices are text with all decimals; times are "
                "milliseconds since 1970 and text in UTC to the microsecond."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in endpoints},
        "components": {"schemas": SCHEMAS},
    }


def _operation(endpoint: Endpoint) -> Json:
    answers: dict[str, Json] = {
        "200": {
            "description": endpoint.meaning,
            "headers": _HEADERS,
            "content": {endpoint.content_type: {"schema": reference(endpoint.schema)}},
        },
        "304": {"description": "It is as If-None-Match says."},
    }
    codes = dict.fromkeys((*(item.code for item in endpoint.parameters), *endpoint.errors, *_EVERYWHERE))
    for code in sorted(codes, key=status_of):
        answer = answers.setdefault(str(status_of(code)), _error_answer())
        answer["description"] = ", ".join(word for word in (answer["description"], code.value) if word)
    return {
        "operationId": endpoint.name,
        "summary": endpoint.meaning,
        "parameters": [_parameter(item) for item in endpoint.parameters],
        "responses": answers,
    }


def _error_answer() -> Json:
    return {"description": "", "content": {"application/json": {"schema": reference("Error")}}}


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.in_path,
        "description": parameter.meaning,
        "schema": parameter.schema,
    }
