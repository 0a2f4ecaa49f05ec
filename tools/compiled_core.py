"""Compiles the core with mypyc, from the sources that also run as they are.

The whole package is copied to a folder of its own and the extension modules are put beside their sources there, so that
nothing is compiled where nobody asked for it: ``PYTHONPATH=build/compiled`` chooses the compiled core. A wheel with the
compiled core is made of the same folder (``tools/wheel_hook.py``). See docs/operating/compiled-core.md.
"""

import argparse
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "compiled"
STAMP = "fingerprint"

CORE = ("protocol", "orderbook", "vault", "matching", "quanta")

LEFT_OUT = {
    "__init__.py": "only names what others define",
    "protocol/reference": "the plain form of the codec, which tests compare with the fast one",
    "protocol/limits.py": "constants, which are read once",
    "protocol/quorum.py": "a protocol class for several others, which mypyc cannot compile; and the rest is additions",
    "protocol/signing.py": "libsodium does the work, and a seed's owner guards itself by how it is pickled",
    "protocol/amounts.py": "Decimal does the work, and its errors tell the types that were given",
    "protocol/strkey.py": "text for people; errors must not chain to what they were made of",
    "protocol/settings_json.py": "text for people, from files that may hold anything",
    "protocol/appointments_json.py": "text for people, from files that may hold anything",
    "protocol/handshake.py": "once a connection",
    "protocol/history.py": "forms of questions and answers, nothing happens in it",
    "protocol/proofs.py": "for clients: signatures and hashes are the cost",
    "protocol/proposals.py": "one function for people",
    "protocol/terms.py": "once a term: signatures are the cost",
    "vault/transactions.py": "stands on stellar-sdk, which is not compiled",
}
"""What of the core stays as it is, and why: a file name, or a path within the package."""


def modules(package: Path) -> Iterator[Path]:
    """The modules of the core that are compiled, in order, relative to ``package``."""
    for part in CORE:
        for path in sorted((package / part).rglob("*.py")):
            relative = path.relative_to(package)
            if reason_to_leave_out(relative) is None:
                yield relative


def reason_to_leave_out(module: Path) -> str | None:
    """Why ``module`` is not compiled; None when it is."""
    for name in (module.name, module.as_posix(), module.parent.as_posix()):
        if name in LEFT_OUT:
            return LEFT_OUT[name]
    return None


def is_current(output: Path) -> bool:
    """Whether ``output`` has the core compiled of the present sources, by this interpreter's compiler."""
    stamp = output / STAMP
    return stamp.exists() and stamp.read_text() == _fingerprint()


def build(output: Path) -> None:
    """Bring ``output`` up to date: a copy of the package with the compiled core.

    What is compiled is compiled again only when it, the compiler or the interpreter has changed.
    """
    package = output / "constellation"
    was_current = is_current(output)
    if not was_current:
        shutil.rmtree(output, ignore_errors=True)
    _copy(ROOT / "constellation", package)
    if not was_current:
        _compile(output, [Path("constellation", module) for module in modules(package)])
        (output / STAMP).write_text(_fingerprint())


def _fingerprint() -> str:
    """Changes with whatever the extension modules are made of."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {platform.platform()} {version('mypy')}".encode())
    package = ROOT / "constellation"
    for path in (Path(__file__), *(package / module for module in modules(package))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    """Make the sources in ``target`` those in ``source``; extension modules stay."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    there = {path.relative_to(target) for path in target.rglob("*.*") if path.is_file() and path.suffix == ".py"}
    for gone in there - wanted:
        (target / gone).unlink()
    for path in sorted(wanted):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / path, target / path)


def _compile(output: Path, paths: list[Path]) -> None:
    """Put an extension module beside each of ``paths``, which are relative to ``output``."""
    from mypyc.build import mypycify
    from setuptools import setup

    os.chdir(output)
    options = ["--config-file=", "--ignore-missing-imports", "--no-color-output", "--cache-dir=types"]
    extensions = mypycify(
        [*options, *map(str, paths)],
        opt_level="2",
        debug_level="0",
        multi_file=True,
        target_dir="generated",
        group_name="constellation_core",
    )
    setup(
        name="constellation",
        ext_modules=extensions,
        script_args=["--quiet", "build_ext", "--inplace", "--build-temp=objects"],
    )
    for folder in ("types", "generated", "objects", "build"):
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Compiles the core of Constellation with mypyc.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="a folder of its own (default: build/compiled)")
    build(parser.parse_args(arguments).output.resolve())


if __name__ == "__main__":
    main()
