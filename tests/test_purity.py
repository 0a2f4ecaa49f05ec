"""The core is pure: the same quanta give the same bytes everywhere, because nothing else can come in.

Read from the source: no clock, randomness, environment, files, network, threads or logging; no number that is not
exact; nothing that depends on where an object lies in memory or on the hash seed. A set may be asked whether something
is in it, and is never walked.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import constellation

ROOT = Path(constellation.__file__).parent
CORE = ("protocol", "orderbook", "vault", "matching", "quanta")
GENERATED = ("protocol/messages", "protocol/reference")

MODULES_ALLOWED = (
    "base64", "binascii", "bisect", "collections", "constellation", "dataclasses", "decimal", "enum", "hashlib",
    "itertools", "nacl", "operator", "sortedcontainers", "struct", "typing", "__future__",
)  # fmt: skip
MODULES_ALLOWED_IN = {"vault/transactions.py": ("stellar_sdk",)}
"""Only what is named here may be imported: whatever is forgotten is refused."""

NAMES_BANNED = (
    "__import__", "breakpoint", "compile", "complex", "eval", "exec", "float", "frozenset", "globals", "hash", "id",
    "input", "locals", "open", "print", "set", "vars",
)  # fmt: skip

ATTRIBUTES_BANNED = ("__hash__", "environ", "getrandbits", "now", "popitem", "today", "urandom", "utcnow")

FLOATS_ALLOWED_IN = ("protocol/limits.py",)
"""Seconds for the shells around the core; that the core itself takes none of them has its own test."""

PATHS = sorted(
    path
    for package in CORE
    for path in (ROOT / package).rglob("*.py")
    if not path.relative_to(ROOT).as_posix().startswith(GENERATED)
)


def impurities(source: str, name: str) -> Iterator[str]:
    """Everything in ``source`` that the core must not have, a sentence each."""
    tree = ast.parse(source)
    harmless = list(harmless_sets(tree))
    for node in ast.walk(tree):
        for fault in (imported(node, name), named(node), inexact(node, name), unordered(node, harmless)):
            if fault is not None:
                yield f"constellation/{name}:{getattr(node, 'lineno', 0)}: {fault}"


def imported(node: ast.AST, name: str) -> str | None:
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or "."]
    else:
        return None
    allowed = MODULES_ALLOWED + MODULES_ALLOWED_IN.get(name, ())
    foreign = [module for module in modules if module.split(".")[0] not in allowed]
    return f"imports {', '.join(foreign)}, which is not for the core" if foreign else None


def named(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name) and node.id in NAMES_BANNED:
        return f"uses {node.id}"
    if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES_BANNED:
        return f"uses .{node.attr}"
    return None


def inexact(node: ast.AST, name: str) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
        return None if name in FLOATS_ALLOWED_IN else f"has the inexact number {node.value}"
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
        return "divides with /, whose result is inexact: use //"
    return None


def unordered(node: ast.AST, harmless: list[ast.AST]) -> str | None:
    if isinstance(node, (ast.Set, ast.SetComp)) and node not in harmless:
        return "makes a set, whose order depends on the hash seed: use a dict or a list"
    return None


def harmless_sets(tree: ast.AST) -> Iterator[ast.AST]:
    """Sets that are only asked what they hold."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "issuperset":
            yield node.value
        if isinstance(node, ast.Compare) and all(isinstance(test, (ast.In, ast.NotIn)) for test in node.ops):
            yield from node.comparators


def test_the_core_was_found() -> None:
    packages = dict.fromkeys(path.relative_to(ROOT).parts[0] for path in PATHS)
    assert list(packages) == sorted(CORE)
    assert len(PATHS) > 30


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_core_is_pure(path: Path) -> None:
    found = list(impurities(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()))
    assert not found, "\n".join(found)


def test_the_core_takes_no_inexact_limit() -> None:
    tree = ast.parse((ROOT / "protocol" / "limits.py").read_text(encoding="utf-8"))
    inexact_names = [
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, float)
    ]
    assert inexact_names
    for path in PATHS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "constellation.protocol.limits":
                taken = [alias.name for alias in node.names if alias.name in inexact_names]
                assert not taken, f"{path}:{node.lineno}: takes {taken}"


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from random import Random",
        "from datetime import datetime",
        "import asyncio",
        "import socket as plug",
        "from pathlib import Path",
        "from secrets import token_bytes",
        "import logging",
        "from threading import Lock",
        "from stellar_sdk import Asset",
        "from . import clock",
        "open('file')",
        "print('x')",
        "amount = 0.5",
        "amount = float(text)",
        "amount = total / 2",
        "total /= 2",
        "for item in {1, 2}: pass",
        "for item in {a for a in b}: pass",
        "items = set(b)",
        "items = frozenset(b)",
        "order = {1, 2}",
        "sorted(items, key=id)",
        "place = hash(text)",
        "key = thing.__hash__()",
        "when = clock.now()",
        "def late():\n    import time",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import random",
    ],
)
def test_an_impurity_is_seen(source: str) -> None:
    assert len(list(impurities(source, "quanta/example.py"))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "half = total // 2",
        "if side in {1, 2}: pass",
        "if {bytes}.issuperset(kinds): pass",
        "for item in {1: None}: pass",
        "digest = envelope.hash()",
        "number = account.id",
        "from constellation.protocol.limits import INT64_MAX",
    ],
)
def test_what_is_pure_is_left_alone(source: str) -> None:
    assert list(impurities(source, "quanta/example.py")) == []


def test_the_stellar_sdk_is_for_the_vaults_transactions_alone() -> None:
    assert list(impurities("from stellar_sdk import Asset", "vault/transactions.py")) == []
