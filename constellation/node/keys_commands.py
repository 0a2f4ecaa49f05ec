"""What ``constellation keys`` does with key files."""

from pathlib import Path

import click

from constellation.node.config import check_is_free
from constellation.node.keys import read_key_file, write_key_file, write_keystore
from constellation.node.keystore import is_keystore, lock_keystore
from constellation.node.mnemonics import MnemonicError, derive_key_pair
from constellation.node.passphrases import PASSPHRASE_FILE, ask_terminal, new_passphrase, read_passphrase
from constellation.node.refund_record import replace_file
from constellation.node.secret_files import KeyFileError, private_text
from constellation.protocol.signing import KeyPair


def run_write(key_pair: KeyPair, path: Path, *, encrypt: bool) -> None:
    """Write a new key file, or a keystore, and print the public key.

    Raises:
        KeyFileError: the file cannot be written, or the pass phrase is none.
        ConfigurationError: there is a file already: said before anybody types a pass phrase.
    """
    if encrypt:
        check_is_free(path)
        write_keystore(path, key_pair, new_passphrase(str(path), PASSPHRASE_FILE.get()))
    else:
        write_key_file(path, key_pair)
    click.echo(key_pair.address)


def run_change_passphrase(path: Path, new_passphrase_file: Path | None) -> None:
    """Encrypt a keystore anew and print its public key.

    Raises:
        KeyFileError: it is no keystore, its pass phrase is wrong, or the new one is none.
    """
    if not is_keystore(private_text(path)):
        raise KeyFileError(f"{path} is no keystore; constellation keys encrypt makes one of a seed file")
    key_pair = read_key_file(path)
    document = lock_keystore(key_pair, new_passphrase(str(path), new_passphrase_file))
    try:
        replace_file(path, document.encode(), mode=0o600)
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from None
    click.echo(key_pair.address)


def run_derive(
    output: Path, mnemonic_file: Path | None, passphrase_file: Path | None, account: int, *, encrypt: bool
) -> None:
    """Write the key of an account of a mnemonic, whose words are in a file or typed.

    Raises:
        KeyFileError: the words or their pass phrase cannot be read, or are none; or the file cannot be written.
        ConfigurationError: there is a file already.
    """
    check_is_free(output)
    phrase = ask_terminal("Words of the mnemonic: ") if mnemonic_file is None else private_text(mnemonic_file)
    passphrase = "" if passphrase_file is None else read_passphrase(passphrase_file)
    try:
        key_pair = derive_key_pair(phrase, account, passphrase)
    except MnemonicError as error:
        raise KeyFileError(str(error)) from None
    run_write(key_pair, output, encrypt=encrypt)
