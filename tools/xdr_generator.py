"""Generates the message classes and codecs from xdr/*.x, in Python, and in TypeScript what clients need of them.

Without arguments it regenerates; with `--check` it changes nothing and exits with 1 if what is there differs
from what would be generated.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.xdr import fast, reference, typescript
from tools.xdr.model import Schema
from tools.xdr.python import MARK
from tools.xdr.resolver import load
from tools.xdr.syntax import SchemaError

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "xdr"
OUTPUT = ROOT / "constellation" / "protocol"
WEB = ROOT / "web"
GENERATED = ("messages/*.py", "reference/*.py", f"{typescript.PACKAGE}/*.ts")
"""Where generated files are, among others."""


def generate(schema: Schema) -> dict[str, str]:
    """Generates every Python file.

    Returns:
        the formatted text of each file, by its path relative to `constellation/protocol`.
    """
    files = {
        "messages/__init__.py": fast.emit_package(schema),
        "reference/__init__.py": reference.emit_package(schema),
    }
    for module in schema.modules:
        files[f"messages/{module.name}.py"] = fast.emit_module(schema, module)
        files[f"reference/{module.name}.py"] = reference.emit_module(schema, module)
    return formatted(files)


def generate_typescript(schema: Schema) -> dict[str, str]:
    """The text of each TypeScript file, by its path relative to `web`."""
    return {f"{typescript.PACKAGE}/{name}": text for name, text in typescript.emit(schema).items()}


def formatted(files: dict[str, str]) -> dict[str, str]:
    """Sorts imports and formats: the emitters care for meaning, not for line breaks."""
    ruff = [sys.executable, "-m", "ruff"]
    style = ["--quiet", "--no-cache", f"--config={ROOT / 'pyproject.toml'}"]
    order = ["--fix", "--select=I,RUF022", "--config=lint.isort.known-first-party=['constellation']"]
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(exist_ok=True)
            place.write_text(text)
        subprocess.run([*ruff, "check", *style, *order, folder], check=True, cwd=ROOT)
        subprocess.run([*ruff, "format", *style, folder], check=True, cwd=ROOT)
        return {path: Path(folder, path).read_text() for path in files}


def stale(files: dict[str, str], output: Path) -> list[str]:
    """What differs between the files and the folder: one line per file, empty if nothing does."""
    found = []
    for path, text in sorted(files.items()):
        place = output / path
        if not place.exists():
            found.append(f"{path} is missing")
        elif place.read_text() != text:
            found.append(f"{path} differs")
    return found + [f"{path} has no source any more" for path in leftovers(files, output)]


def leftovers(files: dict[str, str], output: Path) -> list[str]:
    """Generated files in the folder that are not generated any more."""
    there = [place for pattern in GENERATED for place in sorted(output.glob(pattern))]
    paths = {str(place.relative_to(output)): place for place in there}
    return [path for path, place in paths.items() if path not in files and MARK in place.read_text()[:500]]


def write(files: dict[str, str], output: Path) -> None:
    """Writes the files and removes those that are not generated any more."""
    for path in leftovers(files, output):
        (output / path).unlink()
    for path, text in files.items():
        place = output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_text() != text:
            place.write_text(text)


def main(arguments: list[str] | None = None, schema: Path = SCHEMA, output: Path = OUTPUT, web: Path = WEB) -> int:
    """Runs the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Generates the message classes and codecs from xdr/*.x.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if files are stale")
    options = parser.parse_args(arguments)
    try:
        loaded = load(schema)
    except SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    generated = [(generate(loaded), output), (generate_typescript(loaded), web)]
    if not options.check:
        for files, folder in generated:
            write(files, folder)
        return 0
    problems = [problem for files, folder in generated for problem in stale(files, folder)]
    if problems:
        print("Generated files are stale; run `make xdr`:", *problems, sep="\n  ", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
