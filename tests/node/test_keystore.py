import fcntl
import json
import os
import pty
import stat
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node import keystore, passphrases
from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, read_address, read_key_file, read_keys_file, write_key_file
from constellation.node.keystore import Cost, KeystoreError, WrongPassphrase, lock_keystore, unlock_keystore
from constellation.node.passphrases import PASSPHRASE_FILE
from constellation.node.secret_files import KeyFileError
from constellation.protocol.strkey import encode_seed

PHRASE = "correct horse battery staple"
CHEAP = Cost(1, 8192)

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture(autouse=True)
def _cheap_and_in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keystore, "Cost", lambda *given: Cost(*given) if given else CHEAP)
    before = PASSPHRASE_FILE.set(None)
    yield
    PASSPHRASE_FILE.reset(before)


def secret(name: str, content: str, mode: int = 0o600) -> Path:
    path = Path(name)
    path.write_text(content, "utf-8")
    path.chmod(mode)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="constellation")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == ExitCode.OK, result.output
    return result.stdout.strip()


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == ExitCode.CONFIGURATION, result.output
    assert "Traceback" not in result.output
    return result.stderr


# --- the document


def test_a_seed_comes_back_with_its_pass_phrase_alone() -> None:
    key_pair = new_key_pair()
    text = lock_keystore(key_pair, PHRASE)
    assert unlock_keystore(text, PHRASE).seed == key_pair.seed
    for wrong in ("", PHRASE[:-1], PHRASE + " ", PHRASE.upper()):
        with pytest.raises(WrongPassphrase, match="wrong pass phrase"):
            unlock_keystore(text, wrong)


def test_the_document_says_what_it_is_and_shows_nothing_secret() -> None:
    key_pair = new_key_pair()
    first, second = lock_keystore(key_pair, PHRASE), lock_keystore(key_pair, PHRASE)
    document = json.loads(first)
    assert document["constellation_keystore"] == 1
    assert document["public_key"] == key_pair.address
    assert (document["kdf"]["name"], document["cipher"]["name"]) == ("argon2id13", "xsalsa20poly1305")
    for hidden in (key_pair.seed.hex(), encode_seed(key_pair.seed), PHRASE):
        assert hidden not in first
    other = json.loads(second)
    assert document["kdf"]["salt"] != other["kdf"]["salt"]
    assert document["cipher"] != other["cipher"]


def test_the_cost_is_that_of_the_library_s_moderate_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert Cost() == Cost(3, 256 * 1024**2)
    assert json.loads(lock_keystore(new_key_pair(), PHRASE))["kdf"]["memory_bytes"] == 256 * 1024**2


def test_a_keyboard_s_way_of_writing_a_letter_makes_no_difference() -> None:
    text = lock_keystore(new_key_pair(), "cafe\u0301 cafe\u0301 cafe\u0301")
    unlock_keystore(text, "caf\u00e9 caf\u00e9 caf\u00e9")


def test_no_damage_passes_for_a_wrong_pass_phrase() -> None:
    text = lock_keystore(new_key_pair(), PHRASE)
    for place in range(len(text) - 1):
        cut, changed = text[:place], text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        for damaged in (cut, changed):
            try:
                unlock_keystore(damaged, PHRASE)
            except KeystoreError as error:
                assert not isinstance(error, WrongPassphrase), damaged
                assert "damaged" in str(error) or "version" in str(error)
            else:
                assert json.loads(damaged) == json.loads(text)  # white space


def rewritten(text: str, **changes: object) -> str:
    """As somebody would write it who makes the checksum fit."""
    document = json.loads(text)
    del document["checksum"]
    for name, value in changes.items():
        place, _, key = name.partition("__")
        if key:
            document[place][key] = value
        else:
            document[place] = value
    return json.dumps({**document, "checksum": keystore._checksum(document)})


def test_a_document_that_was_made_to_fit_is_refused() -> None:
    text = lock_keystore(new_key_pair(), PHRASE)
    for changes, reason in (
        ({"constellation_keystore": 2}, "has version 2; version 1 is known here"),
        ({"public_key": new_key_pair().address}, "not that of the public key"),
        ({"public_key": None}, "names no public key"),
        ({"kdf__name": "scrypt"}, "uses scrypt and xsalsa20poly1305"),
        ({"kdf__memory_bytes": 2**40}, "asks for more time or memory"),
        ({"kdf__operations": 2**30}, "asks for more time or memory"),
        ({"kdf__operations": 0}, "damaged"),
        ({"kdf__memory_bytes": -1}, "damaged"),
        ({"kdf__salt": "00"}, "damaged"),
        ({"kdf": None}, "damaged"),
        ({"cipher__nonce_and_text": "x"}, "damaged"),
        ({"cipher": []}, "damaged"),
    ):
        with pytest.raises(KeystoreError, match=reason):
            unlock_keystore(rewritten(text, **changes), PHRASE)
    for nonsense in ("{}", "{", "[]", "{" * 100_000, '{"constellation_keystore": []}'):
        with pytest.raises(KeystoreError):
            unlock_keystore(nonsense, PHRASE)


# --- files


def test_a_keystore_is_read_wherever_a_seed_file_is() -> None:
    key_pair = new_key_pair()
    path = secret("node.keystore", lock_keystore(key_pair, PHRASE))
    PASSPHRASE_FILE.set(secret("phrase", PHRASE + "\n"))
    assert read_key_file(path).seed == key_pair.seed
    assert [item.seed for item in read_keys_file(path)] == [key_pair.seed]
    PASSPHRASE_FILE.set(secret("other", "something else altogether"))
    with pytest.raises(KeyFileError, match=r"node\.keystore: wrong pass phrase"):
        read_key_file(path)
    assert read_address(path) == key_pair.address


def test_a_keystore_and_its_pass_phrase_must_be_private() -> None:
    path = secret("node.keystore", lock_keystore(new_key_pair(), PHRASE), 0o644)
    PASSPHRASE_FILE.set(secret("phrase", PHRASE))
    with pytest.raises(KeyFileError, match=r"node\.keystore can be read by others"):
        read_key_file(path)
    path.chmod(0o600)
    Path("phrase").chmod(0o640)
    with pytest.raises(KeyFileError, match="phrase can be read by others"):
        read_key_file(path)


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "\n\n"])
def test_a_pass_phrase_is_one_line(content: str) -> None:
    PASSPHRASE_FILE.set(secret("phrase", content))
    with pytest.raises(KeyFileError, match="a pass phrase is one line"):
        read_key_file(secret("node.keystore", lock_keystore(new_key_pair(), PHRASE)))


def test_a_truncated_keystore_is_damaged_before_anybody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrases, "ask_terminal", lambda _: pytest.fail("asked"))
    text = lock_keystore(new_key_pair(), PHRASE)
    for length in (1, 50, len(text) - 3):
        with pytest.raises(KeyFileError, match="damaged"):
            read_key_file(secret("node.keystore", text[:length]))


def test_without_a_terminal_or_a_file_the_error_says_what_to_name() -> None:
    with pytest.raises(KeyFileError, match=r"no terminal .*--passphrase-file, key_passphrase_file"):
        read_key_file(secret("node.keystore", lock_keystore(new_key_pair(), PHRASE)))


# --- credentials


def test_a_credential_is_read_from_the_service_manager_s_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "credentials"
    directory.mkdir(0o700)
    key_pair = new_key_pair()
    write_key_file(directory / "node.seed", key_pair)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(directory))
    (directory / "node.seed").chmod(0o440)  # how systemd shows a file that an access list opens to the service
    assert read_key_file(Path("credential:node.seed")).seed == key_pair.seed
    assert read_key_file(directory / "node.seed").seed == key_pair.seed
    with pytest.raises(KeyFileError, match="there is no credential 'other'"):
        read_key_file(Path("credential:other"))
    write_key_file(tmp_path / "elsewhere", key_pair)
    with pytest.raises(KeyFileError, match="there is no credential"):
        read_key_file(Path("credential:../elsewhere"))
    (directory / "node.seed").chmod(0o460)
    with pytest.raises(KeyFileError, match="can be changed by others"):
        read_key_file(Path("credential:node.seed"))


def test_a_directory_that_others_can_enter_is_no_credentials_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_key_file(tmp_path / "node.seed", new_key_pair())
    (tmp_path / "node.seed").chmod(0o644)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(KeyFileError, match="can be read by others"):
        read_key_file(tmp_path / "node.seed")
    with pytest.raises(KeyFileError, match="there is no credential"):
        read_key_file(Path("credential:node.seed"))


def test_container_secrets_are_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr("constellation.node.secret_files._CONTAINER_SECRETS", tmp_path)
    key_pair = new_key_pair()
    write_key_file(tmp_path / "node.seed", key_pair)
    (tmp_path / "node.seed").chmod(0o444)
    assert read_key_file(Path("credential:node.seed")).seed == key_pair.seed


# --- commands


def test_the_life_of_a_keystore() -> None:
    secret("phrase", PHRASE)
    secret("new", "another long pass phrase")
    address = done("keys", "new", "node.seed")
    assert done("--passphrase-file", "phrase", "keys", "encrypt", "node.seed", "node.keystore") == address
    assert stat.S_IMODE(os.stat("node.keystore").st_mode) == 0o600
    assert done("keys", "show", "node.keystore") == address
    change = ("keys", "passphrase", "node.keystore", "--new-passphrase-file", "new")
    assert "wrong pass phrase" in refused("--passphrase-file", "new", *change)
    assert done("--passphrase-file", "phrase", *change) == address
    assert stat.S_IMODE(os.stat("node.keystore").st_mode) == 0o600
    assert sorted(os.listdir()) == ["new", "node.keystore", "node.seed", "phrase"]
    assert "wrong pass phrase" in refused("--passphrase-file", "phrase", "keys", "decrypt", "node.keystore", "out")
    assert not Path("out").exists()
    assert done("--passphrase-file", "new", "keys", "decrypt", "node.keystore", "out") == address
    assert Path("out").read_text() == Path("node.seed").read_text()
    assert stat.S_IMODE(os.stat("out").st_mode) == 0o600


def test_nothing_is_overwritten_and_nothing_weak_is_written() -> None:
    secret("phrase", PHRASE)
    secret("short", "elevenchars")
    done("keys", "new", "node.seed")
    before = Path("node.seed").read_text()
    assert "never overwritten" in refused("--passphrase-file", "phrase", "keys", "encrypt", "node.seed", "node.seed")
    assert "at least 12 characters" in refused("--passphrase-file", "short", "keys", "new", "--encrypt", "x")
    assert "at least 12 characters" in refused(
        "--passphrase-file", "short", "keys", "encrypt", "node.seed", "node.keystore"
    )
    assert "is no keystore" in refused("keys", "passphrase", "node.seed")
    assert Path("node.seed").read_text() == before
    assert not Path("x").exists()
    assert not Path("node.keystore").exists()


def test_a_damaged_keystore_keeps_its_content() -> None:
    secret("phrase", PHRASE)
    text = lock_keystore(new_key_pair(), PHRASE)[:-20]
    secret("node.keystore", text)
    assert "damaged" in refused("--passphrase-file", "phrase", "keys", "passphrase", "node.keystore")
    assert "damaged" in refused("keys", "show", "node.keystore")
    assert Path("node.keystore").read_text() == text


def test_the_terminal_is_asked_twice_for_a_new_pass_phrase(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PHRASE, PHRASE, PHRASE, "another long pass phrase", "another one after all"])
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(typed)

    monkeypatch.setattr(passphrases, "ask_terminal", ask)
    address = done("keys", "new", "--encrypt", "node.keystore")
    assert done("keys", "decrypt", "node.keystore", "out") == address
    assert "not the same" in refused("keys", "new", "--encrypt", "other")
    assert asked == [
        "New pass phrase for node.keystore: ",
        "The same again: ",
        "Pass phrase of node.keystore: ",
        "New pass phrase for other: ",
        "The same again: ",
    ]
    assert not Path("other").exists()


def test_a_real_terminal_does_not_show_what_is_typed() -> None:
    """In a process of its own, whose terminal a program types on."""
    main_end, other_end = pty.openpty()
    program = [sys.executable, "-m", "constellation.node.cli", "keys", "new", "--encrypt", "node.keystore"]
    with subprocess.Popen(
        program,
        stdin=other_end,
        stdout=subprocess.PIPE,
        stderr=other_end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    ) as process:
        os.close(other_end)
        shown = b""
        for prompt in (b"New pass phrase for node.keystore: ", b"The same again: "):
            while prompt not in shown:
                shown += os.read(main_end, 1024)
            os.write(main_end, PHRASE.encode() + b"\n")
        stdout, _ = process.communicate(timeout=60)
    os.close(main_end)
    assert process.returncode == ExitCode.OK
    assert PHRASE.encode() not in shown
    PASSPHRASE_FILE.set(secret("phrase", PHRASE))
    assert read_key_file(Path("node.keystore")).address == stdout.decode().strip()
