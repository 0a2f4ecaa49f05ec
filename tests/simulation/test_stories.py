"""Each fault by itself, told exactly, with the production programs; :mod:`tests.simulation.stories` tells them."""

import ast
from pathlib import Path

import pytest


def _names() -> list[str]:
    """Names of the stories, without importing them: that would make this process a simulation's."""
    tree = ast.parse((Path(__file__).parent / "stories.py").read_text())
    found = {node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}
    names = [name for name, node in found.items() if ast.get_docstring(node) and _is_story(node)]
    lies = next(node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LIES")
    return [*names, *(f"alpha_lies_{name}" for name in ast.literal_eval(lies.value))]


def _is_story(node: ast.AsyncFunctionDef) -> bool:
    return node.name not in ("start", "traded") and [item.arg for item in node.args.args] == ["simulation"]


@pytest.mark.parametrize("name", _names())
def test_story(simulate, name: str) -> None:
    (outcome,) = simulate(name, module="tests.simulation.stories")
    assert outcome["error"] is None
