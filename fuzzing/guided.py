"""One target under atheris; started by ``fuzzing.engines``.

Arguments: the target's name, the directory of findings, then those of libFuzzer.
"""

import sys
from pathlib import Path

import atheris

from fuzzing.engines import keep
from fuzzing.registry import TARGETS


def main() -> None:
    """Instrument the product, import the target, and hand it to libFuzzer, which never returns."""
    program, name, directory, *arguments = sys.argv
    with atheris.instrument_imports(include=["constellation"], enable_loader_override=False):
        fuzz = TARGETS[name].load()

    def attempt(data: bytes) -> None:
        try:
            fuzz(data)
        except BaseException:
            keep(Path(directory), TARGETS[name], data)  # libFuzzer may be ended by its own alarm before it has
            raise

    atheris.Setup([program, *arguments], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
