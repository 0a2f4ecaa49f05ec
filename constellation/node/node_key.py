"""What a node signs with: the key in its key file, or whoever listens at the socket that is named in place of it."""

from pathlib import Path

from constellation.node.config import NodeConfig
from constellation.node.keys import read_key_file
from constellation.node.passphrases import PASSPHRASE_FILE
from constellation.node.remote_signer import RemoteSigner
from constellation.protocol.signing import Signer


def open_node_key(config: NodeConfig) -> Signer:
    """The signer that a node's configuration names.

    Raises:
        KeyFileError: the file cannot be used.
        SignerUnavailable: nobody listens at the socket.
        SignerRefused: the signer there is of another version.
    """
    if config.key_passphrase_file is not None:
        PASSPHRASE_FILE.set(config.key_passphrase_file)
    return open_signer(config.key_file)


def open_signer(path: Path) -> Signer:
    """The signer of a key file, a keystore or a socket.

    Raises:
        KeyFileError: the file cannot be used.
        SignerUnavailable: nobody listens at the socket.
        SignerRefused: the signer there is of another version.
    """
    return RemoteSigner(path) if path.is_socket() else read_key_file(path)
