"""Lists among the settings, as the environment writes them."""

import json

from constellation.node.documents import MALFORMED


def split_list(value: object) -> object:
    """A list as it is, or as the environment writes it: JSON, or separated by commas.

    Raises:
        ValueError: it begins as JSON and is none.
    """
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except MALFORMED:
            raise ValueError(f"{value!r} is no list in JSON") from None
    return [part.strip() for part in value.split(",") if part.strip()]
