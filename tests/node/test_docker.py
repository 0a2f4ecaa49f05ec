"""What can be checked of the image and the Compose file without an engine; with one, Compose checks its file, too."""

import fnmatch
import importlib.metadata
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from constellation.node.cli import main
from constellation.node.config import ENVIRONMENT_PREFIX, load_config

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(VARIABLE.sub(r"\2", TEXT))
"""As it is where nothing is in the environment."""
ALL: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVICES = {name: service for name, service in ALL.items() if service["profiles"] != ["production"]}
"""Of the sandbox."""
PRODUCTION = {name: service for name, service in ALL.items() if service["profiles"] == ["production"]}
AUDITORS = ["auditor-1", "auditor-2", "auditor-3"]
NODES = ["alpha", *AUDITORS]
FEED = ["chronicler", "nats"]
OURS = [name for name in SERVICES if name != "nats"]
UID = "10001"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, each on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    last = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return found[last:]


def commands_of(run: str) -> list[list[str]]:
    return [shlex.split(part) for part in run.split("&&")]


def mounts(service: str) -> dict[str, tuple[str, bool]]:
    """Volume and whether it is read-only, by the place where it is mounted."""
    parts = [text.split(":") for text in ALL[service].get("volumes", [])]
    return {part[1]: (part[0], part[2:] == ["ro"]) for part in parts}


# --- the image


def test_every_stage_starts_from_a_tagged_image() -> None:
    stages = [argument.split() for name, argument in instructions() if name == "FROM"]
    python = "python:${PYTHON_VERSION}-slim"
    assert [stage[0] for stage in stages] == ["node:${NODE_VERSION}-slim", python, python]
    assert [stage[2] for stage in stages[:-1]] == ["page", "build"]
    assert {("ARG", "PYTHON_VERSION=3.11"), ("ARG", "NODE_VERSION=20")} <= set(instructions())


def test_the_page_is_built_as_it_is_pinned_and_by_its_own_scripts() -> None:
    place = next(place for place, (name, text) in enumerate(instructions()) if (name, text[-4:]) == ("FROM", "page"))
    commands = commands_of(next(text for name, text in instructions()[place:] if name == "RUN"))
    assert commands[0] == ["npm", "--prefix", "web", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    for command in commands[1:]:
        assert command[:5] == ["npm", "--prefix", "web", "run", "--workspace"]
        package = json.loads((ROOT / "web" / command[5] / "package.json").read_text())
        assert command[6] in package["scripts"]
    assert ("COPY", "--from=page /build/constellation/web constellation/web") in instructions()
    assert (ROOT / "web/terminal/vite.config.js").read_text().count("../../constellation/web") == 1


def test_only_what_exists_and_is_not_ignored_is_copied() -> None:
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert patterns[0] == "*"
    allowed = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    copied = set()
    for name, argument in instructions():
        if name == "COPY" and "--from=" not in argument:
            copied |= set(argument.split()[:-1])
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_seeds_never_reach_the_build() -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    assert "**/*.seed" in patterns
    assert patterns.index("**/*.seed") > max(place for place, text in enumerate(patterns) if text.startswith("!"))
    assert not [path for path in (ROOT / "constellation").rglob("*") if fnmatch.fnmatch(path.name, "*.seed")]


def test_every_installation_is_checked_by_hash_or_needs_no_index() -> None:
    installs = [
        command
        for name, argument in instructions()
        if name == "RUN"
        for command in commands_of(argument)
        if "install" in command and "pip" in command
    ]
    assert len(installs) == 3
    for command in installs:
        assert "--require-hashes" in command or {"--no-index", "--no-deps"} <= set(command), command
        if "--require-hashes" in command:
            assert "--only-binary=:all:" in command


def test_the_final_stage_installs_nothing_and_takes_the_environment_alone() -> None:
    stage = final_stage()
    assert [argument for name, argument in stage if name == "COPY"] == [
        "--from=build /opt/constellation /opt/constellation"
    ]
    assert not [argument for name, argument in stage if name == "RUN" and ("pip" in argument or "apt" in argument)]


def test_the_image_runs_as_a_user_without_rights() -> None:
    users = [argument for name, argument in final_stage() if name == "USER"]
    assert users == [f"{UID}:{UID}"]
    names = [name for name, _ in final_stage()]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in ("RUN", "COPY"))


def test_the_image_starts_the_command_line() -> None:
    stage = dict(final_stage())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert json.loads(stage["ENTRYPOINT"]) == list(project["scripts"])
    assert stage["STOPSIGNAL"] == "SIGTERM"
    check_command(json.loads(stage["CMD"]))


def test_the_image_is_labelled() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    labels = dict(pair.split("=", 1) for pair in shlex.split(dict(final_stage())["LABEL"]))
    assert labels["org.opencontainers.image.title"] == project["name"]
    assert labels["org.opencontainers.image.licenses"] == project["license"]


def test_no_layer_is_given_a_secret() -> None:
    for name, argument in instructions():
        if name in ("ENV", "ARG", "LABEL"):
            assert not re.search(r"seed|secret|password|token", argument, re.IGNORECASE)


def test_every_place_for_a_volume_belongs_to_the_user() -> None:
    made: set[str] = set()
    for name, argument in final_stage():
        for command in commands_of(argument) if name == "RUN" else []:
            if command[0] == "install":
                assert command[1:8] == ["-d", "-o", UID, "-g", UID, "-m", "0700"]
                made |= set(command[8:])
    ours = [*OURS, "node", "history", "feed"]
    assert made == {target for service in ours for target in mounts(service)}


# --- what is installed in it


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        assert "--hash=sha256:" in line, line[:60]
        assert "://" not in line
        assert not line.startswith("-")
        requirement = Requirement(re.sub(r"\s--hash=\S+", "", line).strip())
        found[canonicalize_name(requirement.name)] = str(requirement.specifier)
    return found


def test_the_image_has_the_versions_that_are_tested() -> None:
    runtime = pins("constraints-runtime.txt")
    everything = pins("constraints.txt")
    assert {name: everything.get(name) for name in runtime} == runtime


def test_the_image_has_what_the_package_needs_and_no_tools() -> None:
    runtime = {name for name in pins("constraints-runtime.txt") if name != "tzdata"}  # for Windows alone
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    waiting = [(Requirement(text), "") for text in [*project["dependencies"], *extras["nats"], *extras["postgres"]]]
    needed: set[str] = set()
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        if name in needed and not requirement.extras:
            continue
        needed.add(name)
        required = [Requirement(text) for text in importlib.metadata.requires(name) or []]
        waiting += [(item, found) for item in required for found in ("", *requirement.extras)]
    assert needed == runtime
    assert not runtime & {"pytest", "mypy", "ruff", "hatchling", "hypothesis", "pip"}


# --- the Compose file


def test_there_are_a_ledger_a_setup_an_alpha_and_three_auditors() -> None:
    assert sorted(SERVICES) == sorted(["ledger", "setup", *NODES, *FEED])
    assert {name: SERVICES[name]["profiles"] for name in FEED} == {name: ["feed"] for name in FEED}
    assert {tuple(service["profiles"]) for name, service in SERVICES.items() if name not in FEED} == {("sandbox",)}
    assert [name for name, service in ALL.items() if "build" in service] == ["ledger", "node"]
    assert {SERVICES[name]["image"] for name in OURS} == {"constellation:local"}
    assert re.fullmatch(r"nats:2\.\d+-alpine", SERVICES["nats"]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == f"{UID}:{UID}"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["stop_signal"] == "SIGTERM"
    assert service["stop_grace_period"] == "30s"
    assert [place.partition(":")[0] for place in service["tmpfs"]] == ["/tmp"]
    forbidden = {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "entrypoint", "env_file", "secrets"}
    assert not forbidden & service.keys()


@pytest.mark.parametrize("name", ["ledger", "chronicler", *NODES])
def test_every_service_that_stays_is_asked_how_it_is(name: str) -> None:
    health = SERVICES[name]["healthcheck"]
    kind, program, *command = health["test"]
    assert (kind, program) == ("CMD", "constellation")
    assert check_command(command)["url"].startswith("http://127.0.0.1:")
    assert {"interval", "timeout", "retries", "start_period"} <= health.keys()


def test_restarts_are_bounded() -> None:
    assert {name: service["restart"] for name, service in SERVICES.items()} == {
        "ledger": "no",
        "setup": "no",
        **dict.fromkeys([*NODES, *FEED], "on-failure:5"),
    }


def test_nodes_start_when_the_vault_is_there() -> None:
    assert SERVICES["setup"]["depends_on"] == {"ledger": {"condition": "service_healthy"}}
    for name in NODES:
        assert SERVICES[name]["depends_on"] == {
            "ledger": {"condition": "service_healthy"},
            "setup": {"condition": "service_completed_successfully"},
        }


def test_ports_are_published_on_the_loopback_interface_alone() -> None:
    published = [port for service in ALL.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    sandbox = [port for service in SERVICES.values() for port in service.get("ports", [])]
    hosts = [port.split(":")[1] for port in sandbox]
    assert len(set(hosts)) == len(hosts)
    assert not [port for port in sandbox if port.endswith(":7002")]


@pytest.mark.parametrize("name", NODES)
def test_a_node_sees_its_own_key_and_data_and_what_is_public(name: str) -> None:
    secret = {"/run/chronicle": ("chronicle-secret", True)} if name == "alpha" else {}
    assert mounts(name) == {
        **secret,
        "/etc/constellation": ("public", True),
        "/run/constellation": (f"{name}-key", True),
        "/var/lib/constellation": (f"{name}-data", False),
    }


def test_every_volume_is_declared_and_used() -> None:
    used = {volume for service in ALL for volume, _ in mounts(service).values()}
    assert {volume for volume in used if not volume.startswith(".")} == COMPOSE["volumes"].keys()
    assert not [volume for volume in COMPOSE["volumes"].values() if volume]


def test_the_file_holds_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "Dockerfile").read_text()
    assert not re.search(r"\bS[A-Z2-7]{55}\b", text)
    assert not re.search(r"[0-9a-fA-F]{32}", text)
    names = re.sub(  # of files and of a volume
        r"chronicle-secret|\w+_FILE|(chronicle\.token|(postgres|grafana)\.password)|(/run)?/?\bsecrets\b:?", "", text
    )
    assert not re.search(r"password|secret|token", names, re.IGNORECASE)


def check_command(arguments: list[str]) -> dict[str, Any]:
    """Parse a command line as the program does, without running it; the options."""
    command: click.Command = main
    rest = list(arguments)
    if rest == ["--help"]:
        return {}
    context = None
    while isinstance(command, click.Group) and (rest or command is main):
        name, command_found, rest = command.resolve_command(click.Context(command), rest)
        assert command_found is not None
        command = command_found
        context = command.make_context(name, rest, parent=context)
    assert context is not None
    return context.params


PAGE = (ROOT / "docs" / "operating" / "docker.md").read_text()
SANDBOX_PAGE = PAGE.partition("## Production")[0]


def test_the_page_names_what_is_published() -> None:
    published = {port.split(":")[1] for service in SERVICES.values() for port in service.get("ports", [])}
    shown = set(re.findall(r"(?<=127\.0\.0\.1:)\d+", SANDBOX_PAGE)) | set(
        re.findall(r"(?<=`)70\d\d(?=`)", SANDBOX_PAGE)
    )
    assert shown == published


def test_the_page_s_node_is_configured_like_the_sandbox_s() -> None:
    shown = dict(re.findall(r"--env (\w+)=(\S+)", PAGE))
    environment = SERVICES["auditor-1"]["environment"]
    assert shown.keys() <= environment.keys()
    for name in ("KEY_FILE", "SETTINGS_FILE", "DATA_DIRECTORY"):
        assert shown[ENVIRONMENT_PREFIX + name] == environment[ENVIRONMENT_PREFIX + name]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_the_program(name: str) -> None:
    check_command(SERVICES[name]["command"])


@pytest.mark.parametrize("arguments", [["dance"], ["alpha", "--dance"], ["setup"], ["health", "--timeout-s", "soon"]])
def test_a_wrong_command_would_be_noticed(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        check_command(arguments)


def test_the_chronicler_follows_alpha_and_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in SERVICES["chronicler"]["environment"].items():
        monkeypatch.setenv(variable, value)
    config = load_config(None, {})
    alpha = SERVICES["alpha"]["environment"]
    port = alpha["CONSTELLATION_CHRONICLE_LISTEN"].rpartition(":")[2]
    assert config.chronicler.peers == (f"http://alpha:{port}",)
    assert str(config.chronicle_token_file) == alpha["CONSTELLATION_CHRONICLE_TOKEN_FILE"]
    assert config.chronicler.nats_publish
    assert config.chronicler.nats_url == "nats://nats:4222"
    assert config.chronicler.nats_max_bytes < 64 * 1024**2 * 3 // 4  # what JetStream takes of the service's /tmp
    targets = mounts("chronicler")
    assert config.chronicle_token_file is not None
    assert targets == {
        str(config.settings_file.parent): ("public", True),
        str(config.chronicle_token_file.parent): ("chronicle-secret", True),
        str(config.data_directory): ("chronicler-data", False),
    }


@pytest.mark.parametrize("name", NODES)
def test_the_environment_is_a_configuration(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[name]["environment"]
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    config = load_config(None, {})
    given = {variable.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".") for variable in environment}
    assert given == config_names(config.model_dump(exclude_unset=True))
    assert config.http_listen == "0.0.0.0:7000"
    targets = mounts(name)
    assert str(config.data_directory) in targets
    assert str(config.key_file.parent) in targets
    assert str(config.settings_file.parent) in targets


def config_names(dump: dict[str, Any], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for name, value in dump.items():
        names |= config_names(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return names


def test_the_setup_makes_a_directory_for_every_volume() -> None:
    options = check_command(SERVICES["setup"]["command"])
    assert options["auditors"] == len(AUDITORS)
    targets = {target: volume for target, (volume, read_only) in mounts("setup").items() if not read_only}
    assert {target.removeprefix(f"{options['directory']}/"): volume for target, volume in targets.items()} == {
        "public": "public",
        "bank": "bank",
        "chronicle": "chronicle-secret",
        **{name: f"{name}-key" for name in NODES},
    }


def test_compose_accepts_its_file() -> None:
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("there is no docker client here, so Compose could not check its file")
    if subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("the docker client here has no compose plugin, so Compose could not check its file")
    answer = subprocess.run(
        [docker, "compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr


# --- the services at work, as processes of this machine


class Stage:
    """Runs the services as Compose would, without containers.

    Each service has a directory for its file system, with links to the directories that are volumes; ports are free
    ones of this machine.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ports: dict[tuple[str, str], int] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for volume in COMPOSE["volumes"]:
            self.volume(volume).mkdir(mode=0o700, parents=True)
        for service in SERVICES:
            (self.root(service) / "tmp").mkdir(parents=True)
            for target, (volume, _) in mounts(service).items():
                place = self.root(service) / target[1:]
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(self.volume(volume))

    def root(self, service: str) -> Path:
        return self._directory / "services" / service

    def volume(self, name: str) -> Path:
        return self._directory / "volumes" / name

    def _port(self, service: str, port: str) -> int:
        if (service, port) not in self._ports:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._ports[service, port] = free.getsockname()[1]
        return self._ports[service, port]

    def _here(self, service: str, text: str) -> str:
        """``text`` with the addresses and paths that stand for those in a container."""
        if text.startswith("/"):
            return str(self.root(service) / text[1:])
        hosts = {name: name for name in SERVICES} | {"0.0.0.0": service, "127.0.0.1": service}
        address = rf"(?<![\w.-])({'|'.join(map(re.escape, hosts))}):(\d+)"
        return re.sub(address, lambda found: f"127.0.0.1:{self._port(hosts[found[1]], found[2])}", text)

    def _run(self, service: str, command: list[str], log: Any) -> subprocess.Popen[bytes]:
        root = self.root(service)
        given = SERVICES[service].get("environment", {})
        environment = {name: self._here(service, value) for name, value in given.items()}
        base = {"PATH": os.environ["PATH"], "HOME": str(root), "TMPDIR": str(root / "tmp")}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "constellation.node.cli", *(self._here(service, part) for part in command)],
            cwd=root,
            env={**base, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def log(self, service: str) -> str:
        return (self._directory / f"{service}.log").read_text()

    def start(self, service: str) -> None:
        for other, dependency in SERVICES[service].get("depends_on", {}).items():
            if dependency["condition"] == "service_healthy":
                self.wait_until_healthy(other)
            else:
                assert self.processes[other].wait(30) == 0, self.log(other)
        with (self._directory / f"{service}.log").open("wb") as log:
            quick = ["--close-interval-s", "0.2"] if service == "ledger" else []
            self.processes[service] = self._run(service, [*SERVICES[service]["command"], *quick], log)

    def wait_until_healthy(self, service: str) -> None:
        deadline = time.monotonic() + 30
        _, _, *command = SERVICES[service]["healthcheck"]["test"]
        while self._run(service, command, subprocess.DEVNULL).wait(30) != 0:
            assert self.processes[service].poll() is None, self.log(service)
            assert time.monotonic() < deadline, self.log(service)
            time.sleep(0.1)

    def stop(self, service: str) -> int:
        self.processes[service].send_signal(signal.SIGTERM)
        return self.processes[service].wait(30)

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.mark.timeout(90)
@pytest.mark.xdist_group("processes")
def test_the_services_work_together(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    try:
        for name in ("ledger", "setup", *NODES):
            stage.start(name)
        stage.start("chronicler")  # its NATS server is away: it is ready all the same
        for name in [*NODES, "chronicler"]:
            stage.wait_until_healthy(name)
        ends = ["chronicler", *NODES, "ledger"]
        assert {name: stage.stop(name) for name in ends} == dict.fromkeys(ends, 0)
    finally:
        stage.kill()
    assert list(stage.volume("chronicler-data").iterdir())
    for name in NODES:
        events = [json.loads(line) for line in stage.log(name).splitlines()]
        assert events[-1]["event"] == "stopped"
        assert list(stage.volume(f"{name}-data").iterdir())
        # In a container the volume is read-only and there is no witness; here we are root, whom that does not stop.
        assert {path.name for path in stage.volume(f"{name}-key").iterdir()} - {"node.seed.witness"} == {"node.seed"}
    # The file systems are read-only: only volumes and /tmp may be written, and /tmp is left empty.
    for path in (tmp_path / "services").rglob("*"):
        assert path.is_dir(), path
