"""The reference has every public name of the SDK once."""

import re
from pathlib import Path

from constellation import sdk

PAGES = sorted((Path(__file__).parents[2] / "docs/reference/sdk").glob("*.md"))


def test_every_public_name_is_in_the_reference_once() -> None:
    names = [
        name
        for page in PAGES
        for name in re.findall(r"^\.\. (?:autoclass|autofunction|py:data):: (\w+)$", page.read_text(), re.MULTILINE)
    ]
    assert sorted(names) == sorted(sdk.__all__)
