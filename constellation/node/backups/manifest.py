"""What a backup says of itself: whose it is, how far its log was, and what every file in it hashes to.

The hashes are against accidents: whoever can change a file can change its hash. What was signed is proved by the
signatures in the log, under the settings that the operator has.
"""

from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from constellation.node.config import ConfigurationError
from constellation.snapshots import QuantumLog

MANIFEST_FILE: Final = "manifest.json"
SETTINGS_FILE: Final = "constellation.json"
BACKUP_VERSION: Final = 1
FILES_MAX: Final = 10_000
_MANIFEST_MAX_BYTES: Final = 4 * 1024 * 1024

_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Count = Annotated[int, Field(ge=0)]


class DamagedBackup(Exception):
    """A backup is not what was written; the message says what of it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BackupFile(_Part):
    """A file of a backup.

    Attributes:
        name: in the backup, and in the data directory.
        size_bytes: of it.
        sha256: of its content, hexadecimal.
    """

    name: _Name
    size_bytes: _Count
    sha256: _Hash


class LogEnd(_Part):
    """How far the log is.

    Attributes:
        first_batch: that is in it.
        last_batch: where it ends; 0 when it is empty.
        last_header_hash: of that batch, hexadecimal.
        epoch: of that batch.
        certified_batch: the highest that is known to be final.
        promised_epoch: the highest that an auditor has promised; 0 when none.
    """

    first_batch: _Count
    last_batch: _Count
    last_header_hash: _Hash
    epoch: _Count
    certified_batch: _Count
    promised_epoch: _Count


class Manifest(_Part):
    """The file ``manifest.json``.

    Attributes:
        backup_version: of this document.
        made_by: the version of the program.
        created_at: ISO 8601, in UTC.
        role: of the node.
        node: its public key.
        constellation_id: hexadecimal.
        settings_hash: of the settings at genesis, hexadecimal.
        log: how far it is.
        files: in the backup, by name.
        left_out: what else was in the data directory.
    """

    backup_version: Literal[1]
    made_by: str
    created_at: str
    role: Literal["alpha", "auditor"]
    node: str
    constellation_id: _Hash
    settings_hash: _Hash
    log: LogEnd
    files: Annotated[list[BackupFile], Field(max_length=FILES_MAX)]
    left_out: list[str]


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        ConfigurationError: there is none: it is no backup.
        DamagedBackup: it is not what was written.
    """
    path = backup / MANIFEST_FILE
    try:
        if path.stat().st_size > _MANIFEST_MAX_BYTES:
            raise DamagedBackup(f"{path} is too long")
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{backup} is no backup: {MANIFEST_FILE}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DamagedBackup(f"{path}: {place}: {first['msg']}") from None
    if len({item.name for item in manifest.files}) < len(manifest.files):
        raise DamagedBackup(f"{path} names a file twice")
    return manifest


def describe_file(path: Path) -> BackupFile:
    """A file as a manifest describes it.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        return BackupFile(name=path.name, size_bytes=file.tell(), sha256=digest)


def log_end(log: QuantumLog) -> LogEnd:
    """How far a log is.

    Raises:
        DamagedLog: its highest certificate is damaged.
    """
    tip = log.tip()
    return LogEnd(
        first_batch=log.first,
        last_batch=tip.number,
        last_header_hash=tip.digest.hex(),
        epoch=tip.epoch,
        certified_batch=log.certified(),
        promised_epoch=log.standing().epoch,
    )
