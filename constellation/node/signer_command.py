"""Runs a signer until it is asked to stop."""

import logging
import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from constellation.node.config import ConfigurationError, load_settings
from constellation.node.keys import read_key_file
from constellation.node.logs import configure_logging
from constellation.node.run import stop_event
from constellation.node.signer_desk import SignerDesk
from constellation.node.signer_record import SignerRecord
from constellation.node.signer_service import SignerService
from constellation.node.supervision import NodeFailure
from constellation.protocol.signing import settings_constellation_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignerOptions:
    """What the command line says.

    Attributes:
        key_file: seed or keystore.
        settings_file: the constellation's settings, at genesis.
        record: of what was signed.
        socket: where to listen.
        new_record: the key has never signed anything.
        node_users: names or numbers of users who may ask, beside the signer's own.
        sign_decisions: sign what operators decide, too.
        log_level: the lowest that is logged.
        log_format: ``text`` or ``json``.
        stop_on_eof: stop when standard input ends.
    """

    key_file: Path
    settings_file: Path
    record: Path
    socket: Path
    new_record: bool
    node_users: tuple[str, ...]
    sign_decisions: bool
    log_level: str
    log_format: str
    stop_on_eof: bool


async def run_signer(options: SignerOptions) -> None:
    """Sign what a node asks for, until it is stopped.

    Raises:
        ConfigurationError: a user does not exist, or the settings cannot be used.
        KeyFileError: the key cannot be read.
        RecordError: the record cannot be used.
        RecordFailed: its disk failed.
    """
    configure_logging(options.log_level, options.log_format, "signer")
    settings, key_pair = load_settings(options.settings_file), read_key_file(options.key_file)
    users = {os.getuid(), *_users(options.node_users)}
    constellation = settings_constellation_id(settings)
    record = SignerRecord(options.record, key_pair.public, constellation, create=options.new_record)
    stop = stop_event(on_eof=options.stop_on_eof)
    failure = NodeFailure(lambda _error: stop.set())
    desk = SignerDesk(key_pair, settings, record, signs_decisions=options.sign_decisions)
    service = SignerService(desk, options.socket, users, failure.set)
    try:
        await service.start()
        log.info("signing", extra={"key": key_pair.address, "socket": str(options.socket)})
        await stop.wait()
    finally:
        await service.stop()
        record.close()
    failure.check()
    log.info("stopped")


def _users(names: Sequence[str]) -> list[int]:
    try:
        return [int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid for name in names]
    except KeyError as error:
        raise ConfigurationError(f"--node-user: {error}") from None
