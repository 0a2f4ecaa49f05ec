"""The commands ``constellation keys``. Heavy modules are imported when they run."""

from collections.abc import Callable
from pathlib import Path

import click

Explained = Callable[[Callable[[], None]], None]

_PATH = click.Path(path_type=Path)
_ENCRYPT = click.option("--encrypt", is_flag=True, help="Write a keystore, whose pass phrase is asked for.")


def add_keys_commands(main: click.Group, explained: Explained) -> None:
    """Add the group to ``main``.

    Args:
        main: the program's commands.
        explained: runs a command and turns expected failures into messages and exit codes.
    """

    @main.group()
    def keys() -> None:
        """Make, encrypt and read key files.

        A key file holds a seed, or is a keystore: a seed that a pass phrase encrypts. Every command and node reads
        both. Pass phrases are asked for on the terminal, or read from a file that is named before the command:
        constellation --passphrase-file FILE keys ...
        """

    _add_files(keys, explained)
    _add_keystores(keys, explained)
    _add_mnemonics(keys, explained)


def _add_files(keys: click.Group, explained: Explained) -> None:
    @keys.command("new")
    @click.argument("path", type=_PATH)
    @_ENCRYPT
    def new(path: Path, encrypt: bool) -> None:
        """Write a new seed to PATH (mode 0600) and print its public key."""
        from constellation.node.keys import new_key_pair
        from constellation.node.keys_commands import run_write

        explained(lambda: run_write(new_key_pair(), path, encrypt=encrypt))

    @keys.command("show")
    @click.argument("path", type=_PATH)
    def show(path: Path) -> None:
        """Print the public key of PATH; of a keystore, without its pass phrase."""
        from constellation.node.keys import read_address

        explained(lambda: click.echo(read_address(path)))


def _add_keystores(keys: click.Group, explained: Explained) -> None:
    @keys.command("encrypt")
    @click.argument("path", type=_PATH)
    @click.argument("output", type=_PATH)
    def encrypt(path: Path, output: Path) -> None:
        """Write the seed in PATH to a new keystore OUTPUT and print its public key. PATH stays."""
        from constellation.node.keys import read_key_file
        from constellation.node.keys_commands import run_write

        explained(lambda: run_write(read_key_file(path), output, encrypt=True))

    @keys.command("decrypt")
    @click.argument("path", type=_PATH)
    @click.argument("output", type=_PATH)
    def decrypt(path: Path, output: Path) -> None:
        """Write the seed in the keystore PATH to a new file OUTPUT (mode 0600), and print its public key."""
        from constellation.node.keys import read_key_file
        from constellation.node.keys_commands import run_write

        explained(lambda: run_write(read_key_file(path), output, encrypt=False))

    @keys.command("passphrase")
    @click.argument("path", type=_PATH)
    @click.option("--new-passphrase-file", type=_PATH, help="Holds the new one; without it the terminal is asked.")
    def passphrase(path: Path, new_passphrase_file: Path | None) -> None:
        """Change the pass phrase of the keystore PATH; it is replaced whole, or stays as it is."""
        from constellation.node.keys_commands import run_change_passphrase

        explained(lambda: run_change_passphrase(path, new_passphrase_file))


def _add_mnemonics(keys: click.Group, explained: Explained) -> None:
    @keys.command("mnemonic")
    @click.argument("path", type=_PATH)
    @click.option("--words", type=click.Choice(["12", "15", "18", "21", "24"]), default="24", help="How many.")
    def mnemonic(path: Path, words: str) -> None:
        """Write new words to PATH (mode 0600), from which keys can be derived again and again."""
        from constellation.node.mnemonics import new_mnemonic
        from constellation.node.secret_files import write_secret_file

        explained(lambda: write_secret_file(path, new_mnemonic(int(words))))

    @keys.command("derive")
    @click.argument("output", type=_PATH)
    @click.option("--mnemonic-file", type=_PATH, help="Holds the words; without it the terminal is asked.")
    @click.option("--mnemonic-passphrase-file", type=_PATH, help="Holds the words' own pass phrase, if they have one.")
    @click.option("--account", type=click.IntRange(0, 2**31 - 1), default=0, help="Number of the key.")
    @_ENCRYPT
    def derive(
        output: Path, mnemonic_file: Path | None, mnemonic_passphrase_file: Path | None, account: int, encrypt: bool
    ) -> None:
        """Derive a key from the words of a mnemonic (SEP-5), write it to OUTPUT and print its public key."""
        from constellation.node.keys_commands import run_derive

        explained(lambda: run_derive(output, mnemonic_file, mnemonic_passphrase_file, account, encrypt=encrypt))
