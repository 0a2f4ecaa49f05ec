"""As much of JSON Schema as the descriptions use; a keyword that is not known here fails."""

import re
from typing import Any

Json = dict[str, Any]

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_KNOWN = {
    "type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "enum", "pattern",
    "minimum", "maximum", "minLength", "default", "description", "anyOf", "$ref",
}  # fmt: skip


def faults(value: Any, schema: Json, document: Json, path: str = "$") -> list[str]:
    """What is not as the schema says."""
    assert schema.keys() <= _KNOWN, schema.keys() - _KNOWN
    if "$ref" in schema:
        target: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        return faults(value, target, document, path)
    if "anyOf" in schema:
        found = [faults(value, option, document, path) for option in schema["anyOf"]]
        return [] if [] in found else [f"{path}: none of {found}"]
    kinds = schema.get("type", list(_TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(_is(value, kind) for kind in kinds):
        return [f"{path}: {value!r} is no {kinds}"]
    if value is None:
        return []
    return _faults(value, schema, document, path)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _faults(value: Any, schema: Json, document: Json, path: str) -> list[str]:
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is not one of {schema['enum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{path}: {value!r} does not match {schema['pattern']}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{path}: {value} is out of range")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, item in value.items():
            if name in properties:
                found += faults(item, properties[name], document, f"{path}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{path}.{name} is not described")
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        if len(value) < schema.get("minItems", 0) or (schema.get("items") is False and len(value) > len(first)):
            found.append(f"{path}: {len(value)} items")
        for place, item in enumerate(value):
            rule = first[place] if place < len(first) else schema.get("items")
            if isinstance(rule, dict):
                found += faults(item, rule, document, f"{path}[{place}]")
    return found
