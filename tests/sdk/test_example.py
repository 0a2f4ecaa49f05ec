"""The example in the package's docstring runs as it is written, except for the address, the seed and the path."""

import json
import textwrap
from pathlib import Path

import pytest

import constellation.sdk
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.sdk import KeyPair
from tests.gateway.harness import ANNA, BERT, Alpha
from tests.gateway.live import live


async def test_first_trade_of_the_docstring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert constellation.sdk.__doc__ is not None
    example = textwrap.dedent(constellation.sdk.__doc__.split("::\n")[1].split("What happens")[0])
    assert len(example.strip().splitlines()) <= 20
    async with live(Alpha().fund(ANNA, BERT)) as server:
        path = tmp_path / "settings.json"
        path.write_text(json.dumps(settings_to_json(server.alpha.settings)))
        example = example.replace("wss://alpha.example.org", server.url).replace("settings.json", str(path))
        example = example.replace('"S..."', repr(encode_seed(ANNA.seed))).replace("asyncio.run(main())", "")
        names: dict[str, object] = {}
        exec(example, names)
        await names["main"]()  # type: ignore[operator]
    assert "certified by ('G" in capsys.readouterr().out
    assert names["KeyPair"] is KeyPair


def test_exports_are_complete_and_sorted() -> None:
    exported = constellation.sdk.__all__
    assert exported == sorted(exported)
    assert all(hasattr(constellation.sdk, name) for name in exported)
