"""The runner finds, keeps and repeats what it should, and says so."""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from constellation.build import core_is_compiled
from fuzzing.__main__ import main
from fuzzing.choices import Choices
from fuzzing.distil import distil
from fuzzing.edits import edit_bytes, edit_json, edit_message, places
from fuzzing.registry import TARGETS, Target


def broken(data: bytes) -> None:
    """A subject with a bug."""
    if b"\x07" in data:
        raise KeyError("a bug")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """That of a target which is in the registry for one test."""
    made = ModuleType("fuzzing.targets.broken")
    made.fuzz = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setitem(TARGETS, "broken", Target("broken", "a bug", "none"))
    monkeypatch.setattr(main.params[0].type, "choices", sorted(TARGETS))
    monkeypatch.chdir(tmp_path)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--target", "broken", *arguments])


def test_a_finding_is_kept_made_small_and_can_be_repeated(module: ModuleType) -> None:
    result = run("--engine", "hypothesis", "--seconds", "20", "--seed", "1")
    assert result.exit_code == 1
    assert "engine: Hypothesis, not guided by coverage; seed 1" in result.output
    (path,) = Path(".fuzzing/findings").iterdir()
    assert path.read_bytes() == b"\x07"
    assert f"--target broken --repeat {path}" in result.output
    repeated = run("--repeat", str(path))
    assert isinstance(repeated.exception, KeyError)


def test_without_a_finding_all_is_well(module: ModuleType) -> None:
    module.fuzz = lambda data: None  # type: ignore[attr-defined]
    result = run("--engine", "hypothesis", "--seconds", "1", "--quiet")
    assert (result.exit_code, "FINDING" in result.output) == (0, False)


@pytest.mark.skipif(find_spec("atheris") is not None, reason="atheris is here")
def test_an_engine_that_is_not_installed_is_named(module: ModuleType) -> None:
    result = run("--engine", "atheris")
    assert result.exit_code == 2
    assert "pip install atheris" in result.output


def test_choices_go_on_when_the_input_is_used_up() -> None:
    choices = Choices(b"\x05\x01")
    assert (choices.below(4), choices.flag(), choices.is_over) == (1, True, True)
    assert (choices.below(9), choices.flag(), choices.piece(), choices.rest()) == (0, False, b"", b"")


def test_edits_reach_every_part() -> None:
    document = {"a": [1, {"b": "x"}], "c": None}
    assert [place.key for place in places(document)] == ["a", 0, 1, "b", "c"]
    changed = {
        str(edit_json(Choices(bytes([2, number, 0, 9, 9])), {"a": [1, {"b": "x"}], "c": None})) for number in range(9)
    }
    assert len(changed) > 4
    texts = {edit_bytes(Choices(bytes([1, 0, kind, 4, 4, 4, 4, 4])), b"abcdefgh", [b"12345678"]) for kind in range(8)}
    assert len(texts) > 6
    assert edit_message(Choices(b""), document) is document


@pytest.mark.skipif(core_is_compiled(), reason="which lines of a compiled core are executed cannot be traced")
def test_the_corpus_is_distilled_to_what_executes_something_new() -> None:
    kept = distil(TARGETS["texts"], [b"", b"\x00\x00", b"\x00\x00\x06", b"\x00\x00\x06\x00"])
    assert kept == [b"\x00\x00\x06"]
