"""Every committed input of every target again, and a short round of new ones."""

import pytest
from hypothesis import HealthCheck, given, settings

from fuzzing.engines import inputs
from fuzzing.registry import CORPUS, CORPUS_FILES_MAX, CORPUS_MAX_BYTES, REGRESSION, TARGETS, Target, documented

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
EXAMPLES = 30


@every_target
def test_no_committed_input_is_a_finding(target: Target) -> None:
    fuzz = target.load()
    for path in target.inputs():
        try:
            fuzz(path.read_bytes())
        except BaseException as error:
            error.add_note(f"repeat it with: python -m fuzzing --target {target.name} --repeat {path}")
            raise


@every_target
def test_new_inputs_are_no_findings(target: Target) -> None:
    fuzz = target.load()
    few = settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    few(given(inputs(target))(fuzz))()


@every_target
def test_the_corpus_is_there_and_small(target: Target) -> None:
    others = [path for path in target.inputs() if not path.name.startswith(REGRESSION)]
    assert others, "a target has no corpus: run it, then python -m fuzzing.distil"
    assert len(others) <= CORPUS_FILES_MAX
    assert sum(path.stat().st_size for path in others) <= CORPUS_MAX_BYTES


def test_the_page_lists_every_target() -> None:
    """When this fails, run: python -m fuzzing.registry."""
    assert (CORPUS.parent.parent / "docs" / "internals" / "fuzzing.md").read_text("utf-8") == documented()


def test_every_directory_of_the_corpus_has_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
