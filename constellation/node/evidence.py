"""What a diverged auditor keeps, so that others can read why it stopped, and see it for themselves.

A bundle has the refused message in full beside a summary of it; ``constellation replay-evidence`` executes it again.
"""

import dataclasses
import json
import os
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from constellation.herald.replica import Replica
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Batch, ClusterMessage, encode_cluster_message
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import encode_public_key

EVIDENCE_VERSION = 1

EVIDENCE_FILES: Final = "evidence-*.json"
"""What their names match, in the data directory."""

_KEY_FIELDS = frozenset({"account", "alpha", "auditor", "destination", "issuer", "source"})


def write_evidence(
    directory: Path, auditor: bytes, error: Divergence, replica: Replica, message: ClusterMessage, now_us: int
) -> Path:
    """Write an evidence bundle into ``directory``; its path.

    Args:
        directory: the node's data directory.
        auditor: key of the one that refuses.
        error: why.
        replica: shows the chain before the message.
        message: of alpha, that is refused.
        now_us: the time, in microseconds since 1970.
    """
    path = directory / f"evidence-{type(message).__name__.lower()}-{now_us}.json"
    settings, tip, certificate = replica.terms.settings, replica.tip, replica.certificate
    verdict = replica.verdict(error, message) if isinstance(message, Batch) else None
    document = {
        "evidence_version": EVIDENCE_VERSION,
        "replay": f"constellation replay-evidence {path.name} --data-directory DIRECTORY --settings-file FILE",
        "recorded_at": datetime.fromtimestamp(now_us / 1_000_000, UTC).isoformat(),
        "auditor": encode_public_key(auditor),
        "code": error.code.name,
        "reason": error.message,
        "constellation_id": settings_constellation_id(settings).hex(),
        "settings_hash": settings_hash(settings).hex(),
        "term": replica.terms.term,
        "epoch": replica.epoch,
        "tip_before": {"epoch": tip.epoch, "number": tip.number, "digest": tip.digest.hex()},
        "message_type": type(message).__name__,
        "message": readable(message),
        "message_xdr": encode_cluster_message(message).hex(),
        "verdict": readable(verdict),
        "verdict_xdr": None if verdict is None else verdict.to_xdr().hex(),
        "last_certificate": readable(certificate),
        "last_certificate_xdr": None if certificate is None else certificate.to_xdr().hex(),
    }
    with path.open("x") as file:
        file.write(json.dumps(document, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def readable(value: object, name: str = "") -> object:
    """A message as JSON types: keys as addresses, other bytes hexadecimal, enumerations by name."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.init]  # not the encoding that some keep
        fields = {name: readable(getattr(value, name), name) for name in names}
        return {"type": type(value).__name__, **fields}
    if isinstance(value, list):
        return [readable(item, name) for item in value]
    if isinstance(value, bytes):
        return encode_public_key(value) if name in _KEY_FIELDS else value.hex()
    return value.name if isinstance(value, Enum) else value
