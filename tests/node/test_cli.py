import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from constellation.build import version_text
from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import read_key_file
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.testing import World

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="constellation")


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))


def check_refusal(result: Result, code: ExitCode, *words: str) -> None:
    """One message on standard error, nothing on standard output, no traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.count("Error: ") == 1
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("path", [path for path, _ in commands(main)], ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(path: tuple[str, ...], flag: str) -> None:
    result = run(*path, flag)
    assert result.exit_code == ExitCode.OK
    assert result.stdout.startswith(f"Usage: {' '.join(['constellation', *path])}")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (command, option)
        for _, command in commands(main)
        for option in command.params
        if isinstance(option, click.Option)
    ],
    ids=lambda item: item.name,
)
def test_every_option_is_explained_or_needs_no_word(command: click.Command, option: click.Option) -> None:
    obvious = {"log_level", "log_format", "auditors", "output"}
    assert option.help or option.name in obvious, f"{command.name} {option.name}"


def test_no_option_takes_a_secret() -> None:
    for path, command in commands(main):
        for option in command.params:
            for word in ("seed", "secret", "password", "private"):
                assert word not in option.name, (path, option.name)


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout == f"constellation, version {version_text()}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["alpha", "--dance"],
        ["alpha", "--log-level", "LOUD"],
        ["sandbox", "--auditors", "20"],
        ["sandbox", "--auditors", "0"],
        ["setup", "somewhere", "--auditors", "20"],
        ["ledger", "--close-interval-s", "0"],
        ["ledger", "--close-interval-s", "-1"],
        ["health", "--timeout-s", "0"],
        ["vault", "create"],
        ["keys", "new"],
    ],
    ids=" ".join,
)
def test_wrong_usage_has_its_own_exit_code(arguments: list[str]) -> None:
    check_refusal(run(*arguments), ExitCode.USAGE)


def test_exit_codes_are_stable() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "CONFIGURATION": 3,
        "DIVERGED": 4,
        "STORAGE": 5,
        "IN_USE": 6,
        "SIGNER": 7,
        "OUTDATED": 8,
    }


# --- keys


def test_keys_new_prints_the_public_key_alone() -> None:
    result = run("keys", "new", "node.seed")
    key_pair = read_key_file(Path("node.seed"))
    assert result.exit_code == ExitCode.OK
    assert result.stdout == key_pair.address + "\n"
    assert result.stderr == ""
    assert stat.S_IMODE(os.stat("node.seed").st_mode) == 0o600


def test_keys_show_prints_the_same_key() -> None:
    assert run("keys", "new", "node.seed").stdout == run("keys", "show", "node.seed").stdout


def test_keys_new_never_overwrites() -> None:
    first = run("keys", "new", "node.seed").stdout
    check_refusal(run("keys", "new", "node.seed"), ExitCode.CONFIGURATION, "never overwritten")
    assert run("keys", "show", "node.seed").stdout == first


def test_keys_show_refuses_an_open_file() -> None:
    run("keys", "new", "node.seed")
    Path("node.seed").chmod(0o644)
    check_refusal(run("keys", "show", "node.seed"), ExitCode.CONFIGURATION, "chmod 600 node.seed")


def test_no_command_repeats_a_seed() -> None:
    run("keys", "new", "node.seed")
    seed = encode_seed(read_key_file(Path("node.seed")).seed)
    Path("broken.seed").write_text(seed[:-1])
    Path("broken.seed").chmod(0o600)
    write_settings(World())
    for arguments in (
        ["keys", "show", "node.seed"],
        ["keys", "show", "broken.seed"],
        ["keys", "show", seed],
        ["keys", "new", seed],
        ["alpha", "--key-file", "node.seed"],
        ["alpha", "--key-file", "broken.seed"],
        ["auditor", "--key-file", seed],
        ["vault", "create", "--plan", "none.toml", "--horizon-url", "http://h", "--funder-key-file", seed],
    ):
        result = run(*arguments)
        assert seed not in result.output, arguments
        assert seed[:-1] not in result.output, arguments


# --- nodes


def write_settings(world: World) -> None:
    Path("constellation.json").write_text(json.dumps(settings_to_json(world.settings)))


@pytest.mark.parametrize("role", ["alpha", "auditor"])
def test_a_node_without_its_files_says_which(role: str) -> None:
    check_refusal(run(role), ExitCode.CONFIGURATION, "constellation.json: No such file")
    write_settings(World())
    check_refusal(run(role), ExitCode.CONFIGURATION, "node.seed cannot be read: No such file")
    check_refusal(run(role, "--config", "node.toml"), ExitCode.CONFIGURATION, "no configuration file node.toml")
    check_refusal(run(role, "--http-listen", "x"), ExitCode.CONFIGURATION, "setting http_listen: ", "host:port")


@pytest.mark.parametrize(("role", "what"), [("alpha", "alpha"), ("auditor", "an auditor")])
def test_a_node_of_another_constellation_is_refused(role: str, what: str) -> None:
    write_settings(World())
    address = run("keys", "new", "node.seed").stdout.strip()
    check_refusal(run(role), ExitCode.CONFIGURATION, f"{address} is not {what} of this constellation")


def test_the_vault_s_settings_are_never_overwritten_and_can_be_written() -> None:
    run("keys", "new", "funder.seed")
    common = ["vault", "create", "--plan", "plan.toml", "--horizon-url", "http://h", "--funder-key-file", "funder.seed"]
    check_refusal(run(*common), ExitCode.CONFIGURATION, "plan.toml: No such file")
    check_refusal(run(*common, "--output", "none/out.json"), ExitCode.CONFIGURATION, "none/out.json cannot be written")
    write_settings(World())
    check_refusal(run(*common), ExitCode.CONFIGURATION, "constellation.json exists already")


def test_the_ledger_needs_an_address() -> None:
    check_refusal(run("ledger", "--listen", "8000"), ExitCode.CONFIGURATION, "--listen: '8000' is not host:port")


def test_a_sandbox_starts_with_a_new_directory() -> None:
    Path("old").mkdir()
    Path("old/file").touch()
    check_refusal(run("sandbox", "--directory", "old"), ExitCode.CONFIGURATION, "old is not empty")


def test_health_of_nobody() -> None:
    check_refusal(run("health", "--url", "ftp://h/"), ExitCode.FAILED, "no http:// or https:// address")


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("constellation.node.ledger_command.run_ledger", broken)
    result = run("ledger")
    assert isinstance(result.exception, ZeroDivisionError)
