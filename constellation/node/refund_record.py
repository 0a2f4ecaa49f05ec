"""What an auditor has signed of a refund, kept in its data directory.

Two rules rest on this file, and on any two quorums having an auditor in common:

- As long as a plan can still be executed, its signers sign no other: else transactions of both could be mixed, and
  somebody be paid twice.
- An auditor that has signed a plan does not run any more: else balances that are being returned could be traded and
  withdrawn once more.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from constellation.node.config import ConfigurationError
from constellation.node.documents import MALFORMED

RECORD_FILE: Final = "refund-signed.json"


@dataclass(frozen=True, slots=True)
class SignedRefund:
    """A plan that this auditor has signed.

    Attributes:
        plan: its digest, hexadecimal.
        max_time_s: the last ledger close time at which its transactions are valid.
        last_sequences: by channel, the last sequence number that it uses.
    """

    plan: str
    max_time_s: int
    last_sequences: dict[str, int]


def read_record(data_directory: Path) -> SignedRefund | None:
    """What was signed last; None when nothing ever was.

    Raises:
        ConfigurationError: the file is damaged.
    """
    path = data_directory / RECORD_FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        return SignedRefund(str(found["plan"]), int(found["max_time_s"]), dict(found["last_sequences"]))
    except FileNotFoundError:
        return None
    except (OSError, *MALFORMED) as error:
        raise ConfigurationError(f"{path} is damaged ({error!r:.100}): it says which refund was signed") from None


def write_record(data_directory: Path, record: SignedRefund) -> None:
    """Keep what is about to be signed; durable on return."""
    replace_file(data_directory / RECORD_FILE, json.dumps(asdict(record), indent=1).encode() + b"\n")


def replace_file(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file whole and durably, or leave the one that is there.

    Args:
        path: of it.
        content: all of it.
        mode: less what the umask forbids.
    """
    temporary = path.with_name(f".{path.name}.partial")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def refuse_after_refund(data_directory: Path) -> None:
    """Refuse to start a node that has signed the return of all funds.

    Raises:
        ConfigurationError: it has.
    """
    if (data_directory / RECORD_FILE).exists():
        raise ConfigurationError(
            f"this auditor has signed the return of all funds ({data_directory / RECORD_FILE}) and must not run: "
            "see docs/operating/emergency-exit.md"
        )
