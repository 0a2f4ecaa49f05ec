"""``constellation replay-evidence``: does what an auditor refused still contradict its own log and the rules?

The log is copied first, so that nothing of the node is changed.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from constellation.herald.promises import check_opening
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.documents import MALFORMED
from constellation.node.exit_codes import ExitCode
from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.limits import CLUSTER_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    Settings,
    decode_cluster_message,
)
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.signing import settings_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, Tip, replay
from constellation.snapshots import BatchesPruned, DataDirectory, QuantumLog, restore

_FILE_MAX_BYTES = 16 * CLUSTER_FRAME_MAX_BYTES  # the message twice in hexadecimal digits, and its fields by name


@dataclass(slots=True, frozen=True)
class Evidence:
    """What is needed of a bundle to replay it.

    Attributes:
        code: why the auditor refused, by name.
        reason: the same in words.
        settings: hash of the constellation's settings.
        tip: the end of the auditor's chain when it refused.
        message: what it refused.
    """

    code: str
    reason: str
    settings: bytes
    tip: Tip
    message: ClusterMessage


def read_evidence(path: Path) -> Evidence:
    """Read an evidence bundle.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise ValueError(f"larger than {_FILE_MAX_BYTES} bytes")
        document: dict[str, Any] = json.loads(path.read_bytes())
        tip = document["tip_before"]
        return Evidence(
            str(document["code"]),
            str(document["reason"]),
            bytes.fromhex(document["settings_hash"]),
            Tip(int(tip["epoch"]), int(tip["number"]), bytes.fromhex(tip["digest"])),
            decode_cluster_message(bytes.fromhex(document["message_xdr"])),
        )
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except MALFORMED as error:
        raise ConfigurationError(f"{path} is no evidence bundle: {type(error).__name__}: {error}") from None


def run_replay_evidence(
    evidence_path: Path, config_path: Path | None, data_directory: Path | None, settings_file: Path | None
) -> ExitCode:
    """Replay the evidence on the auditor's log and print what came of it.

    Returns:
        DIVERGED when it contradicts again, OK when it does not.

    Raises:
        ConfigurationError: the file is no evidence, or not of this log.
        DirectoryInUse: the node runs.
        StorageFailure: the log is damaged.
    """
    config = load_config(config_path, {"data_directory": data_directory, "settings_file": settings_file})
    settings = load_settings(config.settings_file)
    evidence = read_evidence(evidence_path)
    if evidence.settings != settings_hash(settings):
        raise ConfigurationError(f"{evidence_path} is of a constellation with other settings")
    with _copy_of_log(config.data_directory, settings) as quantum_log:
        found = contradiction(evidence, quantum_log, settings)
    number = evidence.tip.number
    if found is None:
        click.echo(f"not reproduced: after batch {number}, the refused {type(evidence.message).__name__} holds here")
        click.echo(f"it was refused as {evidence.code}: {evidence.reason}")
        return ExitCode.OK
    same = "as it was refused" if found.code.name == evidence.code else f"it was refused as {evidence.code}"
    click.echo(f"reproduced after batch {number} ({same}): {found.code.name}: {found.message}")
    return ExitCode.DIVERGED


@contextmanager
def _copy_of_log(data_directory: Path, settings: Settings) -> Iterator[QuantumLog]:
    if not data_directory.is_dir():
        raise ConfigurationError(f"data_directory: there is no directory {data_directory}")
    with DataDirectory(data_directory) as directory, tempfile.TemporaryDirectory() as temporary:
        if not directory.log_path.is_file():
            raise ConfigurationError(f"data_directory: there is no log in {data_directory}")
        copy = Path(temporary) / directory.log_path.name
        with closing(sqlite3.connect(directory.log_path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        quantum_log = QuantumLog(copy, settings)
        try:
            yield quantum_log
        finally:
            quantum_log.close()


def contradiction(evidence: Evidence, quantum_log: QuantumLog, settings: Settings) -> Divergence | None:
    """What the refused message contradicts; None when it holds.

    Raises:
        ConfigurationError: the log is not the one that the evidence is about.
    """
    terms = quantum_log.terms()
    try:
        match evidence.message:
            case Batch():
                _check_batch(evidence.message, evidence.tip, quantum_log, terms)
            case Certificate():
                check_certificate(terms, evidence.message)
                _compare(quantum_log, evidence.message.header.number, evidence.message, terms)
            case EpochOpening():
                check_opening(terms, evidence.message)
            case _:
                raise ConfigurationError(f"a {type(evidence.message).__name__} can not be replayed")
    except Divergence as error:
        return error
    except VerificationError as error:
        raise ConfigurationError(f"the evidence is forged or damaged: {error.message}") from None
    except BatchesPruned as error:
        raise ConfigurationError(f"the state before the evidence cannot be rebuilt: {error}") from None
    return None


def _check_batch(batch: Batch, tip: Tip, quantum_log: QuantumLog, terms: Terms) -> None:
    check_signed_header(terms, batch.signed_header)
    number = batch.signed_header.header.number
    if number <= tip.number:
        _compare(quantum_log, number, batch, terms)
        return
    replay(_machine_at(tip, quantum_log, terms.settings), tip, batch)


def _compare(quantum_log: QuantumLog, number: int, message: Batch | Certificate, terms: Terms) -> None:
    """Whether the log has another batch where the message has one."""
    header = message.signed_header.header if isinstance(message, Batch) else message.header
    stored = next(quantum_log.batches(number, number), None)
    if stored is None:
        raise ConfigurationError(f"the log has no batch {number}, which the evidence is about")
    own = stored.batch.signed_header
    if own.header == header:
        return
    check_signed_header(terms, own)
    if isinstance(message, Certificate):
        raise Divergence(Code.EQUIVOCATION, f"a quorum has certified another batch {number} than the one in the log")
    if own.header.epoch == header.epoch:
        raise Divergence(Code.EQUIVOCATION, f"alpha signed two different headers for batch {number} of one epoch")
    raise Divergence(Code.BROKEN_CHAIN, f"batch {number} is not the one in the log, which must be kept")


def _machine_at(tip: Tip, copy: QuantumLog, settings: Settings) -> Machine:
    """The state after ``tip``."""
    if copy.digest(tip.number) != tip.digest:
        raise ConfigurationError(f"the log has no batch {tip.number} with the hash that the evidence names")
    try:
        copy.truncate(tip.number)
    except ValueError:  # the node has gone on since, and what came is final
        return _replayed(tip, copy, settings)
    return restore(copy, settings).machine


def _replayed(tip: Tip, quantum_log: QuantumLog, settings: Settings) -> Machine:
    machine, end = Machine(settings), Tip.genesis(settings)
    try:
        for stored in quantum_log.batches(1, tip.number):
            end = replay(machine, end, stored.batch).tip
    except Divergence as error:
        raise ConfigurationError(f"the state after batch {tip.number} cannot be rebuilt: {error.message}") from None
    return machine
