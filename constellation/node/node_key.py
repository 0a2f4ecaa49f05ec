"""What a node signs with: the key in its key file, or whoever listens at the socket that is named in place of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from constellation.node.config import NodeConfig
from constellation.node.keys import read_key_file
from constellation.node.passphrases import PASSPHRASE_FILE
from constellation.node.remote_signer import RemoteSigner
from constellation.node.signing import PATIENCE_S
from constellation.protocol.signing import Signer, SignerUnavailable

_PAUSE_S = 0.2


@contextmanager
def node_signer(config: NodeConfig, patience_s: float = PATIENCE_S) -> Iterator[Signer]:
    """The signer that a node's configuration names.

    Args:
        config: of the node.
        patience_s: with a signer that is only starting.

    Raises:
        KeyFileError: the file cannot be used.
        SignerUnavailable: nobody listens at the socket.
        SignerRefused: the signer there is of another version.
    """
    if config.key_passphrase_file is not None:
        PASSPHRASE_FILE.set(config.key_passphrase_file)
    with signer_of(config.key_file, patience_s) as signer:
        yield signer


@contextmanager
def signer_of(path: Path, patience_s: float = 0.0) -> Iterator[Signer]:
    """The signer of a key file, a keystore or a socket.

    Args:
        path: of it.
        patience_s: with a signer that is only starting.

    Raises:
        KeyFileError: the file cannot be used.
        SignerUnavailable: nobody listens at the socket.
        SignerRefused: the signer there is of another version.
    """
    if not path.is_socket():
        yield read_key_file(path)
        return
    remote = _connect(path, time.monotonic() + patience_s)
    try:
        yield remote
    finally:
        remote.close()


def _connect(path: Path, deadline_s: float) -> RemoteSigner:
    while True:
        try:
            return RemoteSigner(path)
        except SignerUnavailable:
            if time.monotonic() > deadline_s:
                raise
        time.sleep(_PAUSE_S)
