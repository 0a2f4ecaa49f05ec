"""The Compose file's production profile: confined, pinned, and made of settings, files and ports that exist."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from constellation.node.cli import main
from constellation.node.config import ENVIRONMENT_PREFIX, NodeConfig, load_config
from constellation.node.private_http import read_token
from tests.node.test_docker import (
    ALL,
    COMPOSE,
    PRODUCTION,
    SERVICES,
    TEXT,
    UID,
    VARIABLE,
    check_command,
    config_names,
    mounts,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating" / "docker.md").read_text("utf-8")
OURS = ["node", "history", "feed"]
USERS = {"postgres": "70:70", "prometheus": "65534:65534", "grafana": "472:0"}
"""As whom the images of others run: their own users without rights."""
DIRECTORY = "./production"
INTERNAL = {"records", "stream", "watch"}


def environment(name: str) -> dict[str, str]:
    return dict(PRODUCTION[name].get("environment", {}))


def configuration(name: str, monkeypatch: pytest.MonkeyPatch, path: Path | None = None) -> NodeConfig:
    """What the service would read."""
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, value)
    return load_config(path, {})


def port(address: str | None) -> int:
    assert address is not None
    host, _, number = address.rpartition(":")
    assert host == "0.0.0.0"
    return int(number)


def test_there_are_a_node_its_history_and_what_looks_at_them() -> None:
    assert sorted(PRODUCTION) == sorted([*OURS, "stream", "postgres", "prometheus", "grafana"])
    assert not PRODUCTION.keys() & SERVICES.keys()


@pytest.mark.parametrize("name", PRODUCTION)
def test_every_service_is_confined(name: str) -> None:
    service = PRODUCTION[name]
    assert service["user"] == USERS.get(name, f"{UID}:{UID}")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert re.fullmatch(r"[1-9][0-9]*[gm]", service["mem_limit"])
    assert service["pids_limit"] <= 256
    assert int(service["stop_grace_period"].removesuffix("s")) >= 30
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert all("nosuid" in place for place in service["tmpfs"])
    forbidden = {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "entrypoint", "env_file"}
    assert not forbidden & service.keys()
    assert {"test", "interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys()


@pytest.mark.parametrize("name", PRODUCTION)
def test_it_starts_again_but_not_for_ever_where_that_would_be_wrong(name: str) -> None:
    assert PRODUCTION[name]["restart"] == ("on-failure:5" if name in OURS else "unless-stopped")


@pytest.mark.parametrize("name", PRODUCTION)
def test_the_image_is_pinned(name: str) -> None:
    image = PRODUCTION[name]["image"]
    assert image == "constellation:local" if name in OURS else re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?(-\w+)?", image)


@pytest.mark.parametrize("name", OURS)
def test_the_environment_has_settings_that_exist_and_no_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [variable for variable in environment(name) if variable != "PGPASSFILE"]
    config = configuration(name, monkeypatch)
    given = {variable.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".") for variable in ours}
    assert given == config_names(config.model_dump(exclude_unset=True))
    places = mounts(name)
    assert str(config.data_directory) in places
    assert not places[str(config.data_directory)][1]
    assert places[str(config.settings_file.parent)] == (f"{DIRECTORY}/public", True)


@pytest.mark.parametrize("role", ["alpha", "auditor"])
def test_one_service_is_either_member(role: str) -> None:
    command = ["${NODE_ROLE:-auditor}", "--config", "/etc/constellation/node.toml"]
    assert f'command: ["{command[0]}", {", ".join(command[1:])}]' in TEXT
    assert str(check_command([role, *command[1:]])["config_path"]) == command[2]
    assert role in main.commands


def test_the_ports_are_those_that_nodes_have_without_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, node = load_config(None, {}), configuration("node", monkeypatch)
    for get in (
        lambda config: config.http_listen,
        lambda config: config.alpha.client_listen,
        lambda config: config.alpha.cluster_listen,
    ):
        assert port(get(node)) == int(get(plain).rpartition(":")[2])
    for name in ("history", "feed"):
        with monkeypatch.context() as patch:
            config = configuration(name, patch).chronicler
            assert port(config.http_listen) == int(plain.chronicler.http_listen.rpartition(":")[2])
            if name == "history":
                assert port(config.listen) == int(plain.chronicler.listen.rpartition(":")[2])


def test_who_is_asked_listens_there_and_shares_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, NodeConfig] = {}
    for name in OURS:
        with monkeypatch.context() as patch:
            found[name] = configuration(name, patch)
    node, history, feed = (found[name] for name in OURS)
    assert history.chronicler.peers == (f"http://node:{port(node.chronicle_listen)}",)
    assert feed.chronicler.peers == (f"http://history:{port(history.chronicler.listen)}",)
    assert node.alpha.chronicler_urls == feed.chronicler.peers
    stream = PRODUCTION["stream"]["command"]
    url = f"nats://stream:{stream[stream.index('--port') + 1]}"
    assert (history.chronicler.nats_url, feed.chronicler.nats_url) == (url, url)
    assert (history.chronicler.nats_publish, feed.chronicler.nats_publish) == (True, False)
    database = environment("postgres")
    assert history.chronicler.database_url == (
        f"postgresql://{database['POSTGRES_USER']}@postgres/{database['POSTGRES_DB']}"
    )
    for one, other in (
        ("history", "node"), ("feed", "history"), ("node", "history"), ("history", "stream"), ("feed", "stream"),
        ("history", "postgres"), ("grafana", "prometheus"), *(("prometheus", name) for name in OURS),
    ):  # fmt: skip
        assert set(PRODUCTION[one]["networks"]) & set(PRODUCTION[other]["networks"]) & INTERNAL, (one, other)


def test_only_what_must_be_is_reached_from_outside() -> None:
    assert {name: network or {} for name, network in COMPOSE["networks"].items()} == {
        "outside": {},
        **{name: {"internal": True} for name in INTERNAL},
    }
    outside = {name for name, service in PRODUCTION.items() if "outside" in service["networks"]}
    published = {name for name, service in PRODUCTION.items() if service.get("ports")}
    assert outside == published == {"node", "feed", "grafana"}
    choices = re.findall(r"\$\{NODE_PUBLISH_(\w+):-127\.0\.0\.1:(\d+)\}:(\d+)", TEXT)
    assert choices == [("CLIENTS", "7001", "7001"), ("CLUSTER", "7002", "7002"), ("FEED", "7003", "7003")]
    inside = {"7004", "7005", "7006", "4222", "5432", "9090"}
    assert not [entry for service in ALL.values() for entry in service.get("ports", []) if entry[-4:] in inside]


def test_secrets_are_files_and_each_goes_to_those_alone_who_need_it() -> None:
    assert {name: service["secrets"] for name, service in PRODUCTION.items() if "secrets" in service} == {
        "node": ["chronicle.token"],
        "history": ["chronicle.token", "pgpass"],
        "feed": ["chronicle.token"],
        "postgres": ["postgres.password"],
        "grafana": ["grafana.password"],
    }
    assert COMPOSE["secrets"] == {
        name: {"file": f"{DIRECTORY}/secrets/{name}"}
        for name in ("chronicle.token", "pgpass", "postgres.password", "grafana.password")
    }
    for name, service in PRODUCTION.items():
        for variable, value in environment(name).items():
            if re.search(r"PASSWORD|TOKEN|SECRET|PGPASS|SEED", variable):
                assert variable.endswith("FILE"), variable
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert mounts("node")["/run/constellation"] == (f"{DIRECTORY}/keys", False)
    assert [name for name in PRODUCTION if "/run/constellation" in mounts(name)] == ["node"]


def test_what_is_mounted_from_the_repository_is_there() -> None:
    here = {source for name in PRODUCTION for source, _ in mounts(name).values() if source.startswith("./deploy")}
    assert here == {"./deploy/prometheus", "./deploy/grafana/provisioning", "./deploy/grafana/constellation.json"}
    assert all((ROOT / source).exists() for source in here)
    assert all(mounts(name)[target][1] for name in PRODUCTION for target in mounts(name) if target.startswith("/etc"))
    assert "production/" in (ROOT / ".gitignore").read_text().splitlines()


def test_prometheus_scrapes_every_node_where_it_shows_its_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    [option] = [word for word in PRODUCTION["prometheus"]["command"] if word.startswith("--config.file=")]
    path = option.removeprefix("--config.file=").replace("/etc/prometheus", str(ROOT / "deploy" / "prometheus"))
    document = yaml.safe_load(Path(path).read_text())
    [job] = document["scrape_configs"]
    assert (job["job_name"], document["rule_files"]) == ("constellation", ["alerts.yml"])
    expected = set()
    for name in OURS:
        with monkeypatch.context() as patch:
            config = configuration(name, patch)
            expected.add(f"{name}:{port(config.http_listen if name == 'node' else config.chronicler.http_listen)}")
    assert set(job["static_configs"][0]["targets"]) == expected


def test_grafana_has_our_dashboard_and_that_prometheus() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    assert sorted(path.name for path in folder.iterdir()) == ["dashboards", "datasources"]
    [source] = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert (source["type"], source["url"], source["isDefault"]) == ("prometheus", "http://prometheus:9090", True)
    [provider] = yaml.safe_load((folder / "dashboards" / "constellation.yml").read_text())["providers"]
    target = f"{provider['options']['path']}/constellation.json"
    assert mounts("grafana")[target] == ("./deploy/grafana/constellation.json", True)
    assert mounts("grafana")["/etc/grafana/provisioning"] == ("./deploy/grafana/provisioning", True)


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_asked_how_they_are_where_they_listen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, program, *command = PRODUCTION[name]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "constellation")
    config = configuration(name, monkeypatch)
    number = port(config.http_listen if name == "node" else config.chronicler.http_listen)
    assert check_command(command)["url"] == f"http://127.0.0.1:{number}/readyz"
    if name != "node":
        check_command(PRODUCTION[name]["command"])


# --- the page


@pytest.mark.parametrize("role", ["alpha", "auditor"])
def test_the_page_s_configuration_is_one(role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = re.findall(rf"<!-- {role} -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "node.toml").write_text(text)
    config = configuration("node", monkeypatch, tmp_path / "node.toml")
    assert config.horizon_urls[0].startswith("https://")
    assert not set(tomllib.loads(text)) & {"key_file", "data_directory", "http_listen"}
    if role == "alpha":
        files = (config.alpha.tls_certificate_file, config.alpha.tls_key_file)
        assert [str(path and path.parent) for path in files] == ["/etc/constellation", "/run/constellation"]
    else:
        assert config.auditor.alpha_url.startswith("wss://")


def test_the_page_s_commands_in_the_container_are_those_of_the_program() -> None:
    commands = re.findall(r"^\$ compose run .* node (.*)$", PAGE.replace("\\\n", " "), re.MULTILINE)
    assert [shlex.split(command)[0] for command in commands] == ["doctor", "backup"]
    for command in commands:
        assert check_command(shlex.split(command))["config_path"] == Path("/etc/constellation/node.toml")


def test_the_page_names_every_variable_with_its_default_and_every_file_with_its_owner() -> None:
    variables = dict(re.findall(r"^\| `(NODE_\w+)` \| `([^`]+)` \|", PAGE, re.MULTILINE))
    assert variables == dict(VARIABLE.findall(TEXT))
    owners = dict(re.findall(r"^\| `((?:keys|secrets)/[\w.]+)` \| (\d+) \|", PAGE, re.MULTILINE))
    expected = {"keys/node.seed": {UID}}
    for service in PRODUCTION.values():
        for name in service.get("secrets", []):
            expected.setdefault(f"secrets/{name}", set()).add(service["user"].partition(":")[0])
    assert {name: {owner} for name, owner in owners.items()} == expected


@pytest.mark.executes("docs/operating/docker.md", console=1)
def test_the_page_s_commands_make_the_files_that_are_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [block] = re.findall(r"<!-- files -->\n```console\n(.*?)```", PAGE, re.DOTALL)
    lines = [line.removeprefix("$ ") for line in block.splitlines()]
    if os.geteuid() != 0:  # only root can give files away
        lines = [line for line in lines if not line.startswith("chown ")]
    script = "\n".join(["set -e", *lines]).replace(
        "constellation keys", f"{sys.executable} -m constellation.node.cli keys"
    )
    for name in ("constellation.json", "node.toml"):
        Path(name).write_text("")
    subprocess.run(["sh", "-c", script], check=True, timeout=60)
    made = {str(path.relative_to("production")) for path in Path("production").rglob("*") if path.is_file()}
    secrets = {f"secrets/{name}" for name in COMPOSE["secrets"]}
    assert made == {"public/constellation.json", "public/node.toml", "keys/node.seed", *secrets}
    for name in ("keys/node.seed", *secrets):
        assert Path("production", name).stat().st_mode & 0o777 == 0o600
    assert Path("production/public/node.toml").stat().st_mode & 0o777 == 0o644
    password = Path("production/secrets/postgres.password").read_text().strip()
    assert Path("production/secrets/pgpass").read_text() == f"postgres:5432:chronicle:chronicler:{password}\n"
    assert len(read_token(Path("production/secrets/chronicle.token")) or "") >= 32
    assert {str(path.stat().st_uid) for path in Path("production/keys").rglob("*")} <= {UID, str(os.getuid())}
