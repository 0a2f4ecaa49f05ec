"""``python -m fuzzing.distil``: put a small part of what a run has found into the committed corpus.

Kept are the regressions, and then again and again the input that executes most lines of the product that none
before has executed, the smaller one of two, within the bounds of a directory.
"""

import sys
from collections.abc import Callable, Iterable
from hashlib import sha1
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import click

from fuzzing.registry import CORPUS_FILES_MAX, CORPUS_MAX_BYTES, REGRESSION, TARGETS, Target

_CANDIDATES_MAX = 300
"""Inputs that are looked at; of more, every second or third one is."""

_PRODUCT = str(Path(__file__).parent.parent / "constellation")


Line = tuple[CodeType, int]


def executed(fuzz: Callable[[bytes], None], data: bytes) -> set[Line]:
    """The lines of the product that an input executes."""
    lines: set[Line] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "call" and not frame.f_code.co_filename.startswith(_PRODUCT):
            return None
        lines.add((frame.f_code, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        fuzz(data)
    finally:
        sys.settrace(None)
    return lines


def distil(target: Target, candidates: Iterable[bytes]) -> list[bytes]:
    """The inputs to keep beside the regressions, within the bounds of a directory."""
    fuzz = target.load()
    fuzz(b"")  # what is made once is no input's doing
    known = executed(fuzz, b"")
    for path in target.inputs():
        if path.name.startswith(REGRESSION):
            known |= executed(fuzz, path.read_bytes())
    in_order = sorted(candidates, key=lambda data: (len(data), data))
    found = {data: executed(fuzz, data) for data in in_order[:: 1 + len(in_order) // _CANDIDATES_MAX]}
    kept: list[bytes] = []
    while found and len(kept) < CORPUS_FILES_MAX:
        best = max(found, key=lambda data: len(found[data] - known))
        if not found[best] - known:
            break
        known |= found.pop(best)
        if sum(map(len, kept)) + len(best) <= CORPUS_MAX_BYTES:
            kept.append(best)
    return kept


@click.command()
@click.option("--target", "names", multiple=True, type=click.Choice(sorted(TARGETS)), help="One of them; default all.")
@click.option("--corpus", default=Path(".fuzzing/corpus"), type=click.Path(path_type=Path), show_default=True)
def main(names: tuple[str, ...], corpus: Path) -> None:
    """Distil what runs have found into fuzzing/corpus."""
    for name in names or sorted(TARGETS):
        target = TARGETS[name]
        target.corpus.mkdir(parents=True, exist_ok=True)
        old = [path for path in target.inputs() if not path.name.startswith(REGRESSION)]
        kept = distil(target, {path.read_bytes() for path in [*old, *(corpus / name).glob("*")]})
        for path in old:
            path.unlink()
        for data in kept:
            (target.corpus / sha1(data, usedforsecurity=False).hexdigest()[:16]).write_bytes(data)
        click.echo(f"{name}: {len(kept)} inputs, {sum(map(len, kept))} bytes")


if __name__ == "__main__":
    main()
