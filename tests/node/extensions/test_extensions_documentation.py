"""The example of the page about extensions is installed as it stands there, and does what the page says."""

import re
import tomllib
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from constellation.extensions import API_VERSION, GROUP, CertifiedBatch, Right, WithdrawalInQuestion
from constellation.node.config import load_config
from constellation.node.extensions import caller, observing
from constellation.node.extensions.config import EXTENSIONS_MAX
from constellation.node.extensions.hooks import Hooks
from constellation.node.extensions.loading import load_extensions
from constellation.node.supervision import NodeFailure
from constellation.node.task_signing import RECHECK_S
from constellation.protocol.messages import Code
from constellation.protocol.signing import KeyPair
from tests.chronicler.chain import Chain
from tests.chronicler.filling import final_batches
from tests.node.extensions.installing import install

PAGE = (Path(__file__).parents[3] / "docs" / "operating" / "extensions.md").read_text("utf-8")
ANNA, BERT = KeyPair(bytes(32)), KeyPair(bytes([1] * 32))


def block(name: str) -> str:
    (found,) = re.findall(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.mark.executes("docs/operating/extensions.md", python=1)
async def test_the_example_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((name, entry),) = tomllib.loads(block("package"))["project"]["entry-points"][GROUP].items()
    assert entry == "members:make"
    install(tmp_path, monkeypatch, name, block("module"))
    text = block("node").replace("/etc/constellation", str(tmp_path)).replace("/var/lib/constellation", str(tmp_path))
    (tmp_path / "node.toml").write_text(text)
    (tmp_path / "members").write_text(f"{ANNA.address}\n")
    section = load_config(tmp_path / "node.toml", {}).extensions
    loaded = load_extensions(section)

    desk = Hooks(loaded, section, CollectorRegistry()).admission(NodeFailure(lambda _: None))
    assert desk is not None
    for key_pair, rights in ((ANNA, Right.ALL), (BERT, Right.WITHDRAW)):
        assert (await desk._admission((key_pair.public, key_pair.public))).rights is rights

    cosigning = Hooks(loaded, section, CollectorRegistry()).cosigning()
    assert cosigning is not None
    small, large = (
        WithdrawalInQuestion(bytes([number]), ANNA.address, ANNA.address, "native", 10**9 + number) for number in (0, 1)
    )
    assert await cosigning.refusals([small, large]) == {large.transaction: "the extension members refuses: too much"}

    observer = loaded[0].extension.observer
    assert observer is not None
    final = final_batches(Chain(1, batches=2, quanta=2))
    for batch in final:
        observer.certified(CertifiedBatch(batch.number, batch.certified_by, batch.item))
    lines = (tmp_path / "journal").read_text().splitlines()
    assert lines[0] == f"batch 1: quanta 1 to {final[0].sealed.header.last_apex}"
    assert len(lines) == len(final)


def test_a_node_calls_the_hooks_of_its_role_and_shows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "members", block("module"))
    (tmp_path / "node.toml").write_text(block("node"))
    section = load_config(tmp_path / "node.toml", {}).extensions
    hooks = Hooks(load_extensions(section), section, CollectorRegistry())
    assert hooks.describe() == [{"name": "members", "state": "unused"}]
    hooks.observers()
    assert hooks.describe() == [
        {
            "name": "members",
            "hook": "observer",
            "state": "on",
            "failures": 0,
            "last_failure": None,
            "dropped_batches": 0,
        }
    ]
    assert hooks.problems == []


def test_the_figures_are_those_of_the_program() -> None:
    text = " ".join(PAGE.split())
    for sentence in (
        f"{caller.CALLS_MAX} calls of one hook at most",
        f"switched off after {observing.FAILURES_MAX} failures in a row",
        f"Up to {observing.BATCHES_MAX} batches, or {observing.QUANTA_MAX:,} quanta, wait",
        f"for more than {observing.HANGS_AFTER_S:.0f} seconds",
        f"Several may be on, {EXTENSIONS_MAX} at most",
        f"again every {RECHECK_S:.0f} seconds",
        f"api_version={API_VERSION}",
        Code.NOT_ADMITTED.name,
    ):
        assert sentence in text
