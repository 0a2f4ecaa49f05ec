"""Both codecs of every struct and union, and one valid encoding of each arm."""

from binascii import crc_hqx
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from constellation.protocol import messages, reference
from constellation.protocol.reference.primitives import from_bytes, to_bytes
from fuzzing.choices import Choices
from tools.xdr.python import snake

_GOLDEN = Path(__file__).parent.parent / "tests" / "protocol" / "golden" / "messages.txt"


@dataclass(frozen=True, slots=True)
class Codec:
    """One struct or union.

    Attributes:
        name: of the type.
        encode: generated, as it is used.
        decode: generated, as it is used.
        reference_encode: generated, on xdrlib3.
        reference_decode: generated, on xdrlib3.
        samples: valid encodings.
    """

    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    reference_encode: Callable[[Any], bytes]
    reference_decode: Callable[[bytes], Any]
    samples: tuple[bytes, ...]


@cache
def codecs() -> list[Codec]:
    """Those of every type that the golden file has a sample of: that is every type."""
    samples: dict[str, list[bytes]] = {}
    for block in _GOLDEN.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines:
            samples.setdefault(lines[0].partition(".")[0], []).append(bytes.fromhex("".join(lines[1:])))
    return [_codec(name, tuple(found)) for name, found in samples.items()]


def _codec(name: str, samples: tuple[bytes, ...]) -> Codec:
    pack, unpack = (getattr(reference, f"{verb}_{snake(name)}") for verb in ("pack", "unpack"))
    python: Any = getattr(messages, name, None)
    is_struct = hasattr(python, "from_xdr")
    return Codec(
        name,
        python.to_xdr if is_struct else getattr(messages, f"encode_{snake(name)}"),
        python.from_xdr if is_struct else getattr(messages, f"decode_{snake(name)}"),
        lambda value: to_bytes(pack, value),
        lambda data: from_bytes(unpack, data, name),
        samples,
    )


@cache
def _by_hash() -> list[tuple[int, Codec]]:
    return sorted(((crc_hqx(codec.name.encode(), 0), codec) for codec in codecs()), key=lambda item: item[0])


def choose(choices: Choices) -> Codec:
    """The codec whose name's hash is the next one: a new type takes the inputs of only one other."""
    ring = _by_hash()
    return ring[bisect_left(ring, choices.number(2), key=lambda item: item[0]) % len(ring)][1]
