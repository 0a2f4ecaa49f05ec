import json
from pathlib import Path
from typing import Any

import pytest

from constellation.node.config import ConfigurationError, NodeConfig, load_config, load_settings, split_address
from constellation.protocol.settings_json import settings_to_json
from constellation.testing import World


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "node.toml"
    path.write_text(text, "utf-8")
    return path


def value_of(config: NodeConfig, name: str) -> object:
    value: object = config
    for part in name.split("."):
        value = getattr(value, part)
    return value


LAYERS = [
    ("http_listen", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"),
    ("log_level", "DEBUG", "WARNING", "ERROR"),
    ("data_directory", Path("one"), Path("two"), Path("three")),
    ("alpha.client_listen", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"),
    ("auditor.alpha_url", "ws://one:1", "ws://two:2", "wss://three:3"),
    ("alpha.checkpoint_quanta", 1, 2, 3),
    ("alpha.checkpoint_interval_s", 0.1, 0.2, 0.3),
    ("auditor.poll_interval_s", 0.1, 0.2, 0.3),
]


@pytest.mark.parametrize(("name", "in_file", "in_environment", "on_line"), LAYERS)
def test_flags_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, in_file: Any, in_environment: Any, on_line: Any
) -> None:
    section, _, key = name.rpartition(".")
    value = in_file if isinstance(in_file, int | float) else json.dumps(str(in_file))
    path = toml(tmp_path, f"[{section}]\n{key} = {value}" if section else f"{key} = {value}")

    assert value_of(load_config(None, {}), name) not in (in_file, in_environment, on_line)
    assert value_of(load_config(path, {}), name) == in_file
    monkeypatch.setenv("CONSTELLATION_" + name.upper().replace(".", "__"), str(in_environment))
    assert value_of(load_config(path, {}), name) == in_environment
    assert value_of(load_config(path, {name: on_line}), name) == on_line
    assert value_of(load_config(path, {name: None}), name) == in_environment


def test_the_layers_of_one_section_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = toml(tmp_path, '[alpha]\nconnects_per_second = 7\nclient_listen = "a:1"\ncluster_listen = "a:2"')
    monkeypatch.setenv("CONSTELLATION_ALPHA__CLIENT_LISTEN", "b:1")
    config = load_config(path, {"alpha.cluster_listen": "c:2"})
    assert (config.alpha.connects_per_second, config.alpha.client_listen, config.alpha.cluster_listen) == (
        7,
        "b:1",
        "c:2",
    )


def test_without_anything_there_are_defaults() -> None:
    config = load_config(None, {"settings_file": None})
    assert config.settings_file == Path("constellation.json")
    assert config.http_listen == "127.0.0.1:7000"


def test_one_configuration_does_not_leak_into_the_next(tmp_path: Path) -> None:
    load_config(toml(tmp_path, "[alpha]\ngateway_workers = 7"), {"alpha.checkpoint_quanta": 9})
    config = load_config(None, {})
    assert (config.alpha.gateway_workers, config.alpha.checkpoint_quanta) == (0, 1000)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("port = 1", "port"),
        ('key_fil = "x"', "key_fil"),
        ("[alpha]\nlisten = 1", "alpha.listen"),
        ('[auditor]\nseed = "S"', "auditor.seed"),
        ("[gateway]\nx = 1", "gateway"),
    ],
)
def test_unknown_settings_in_the_file_are_refused(tmp_path: Path, text: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^setting {name}: Extra inputs are not permitted$"):
        load_config(toml(tmp_path, text), {})


def test_an_unknown_setting_in_a_section_of_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELLATION_ALPHA__LISTN", "127.0.0.1:1")
    with pytest.raises(ConfigurationError, match=r"^setting alpha\.listn: "):
        load_config(None, {})


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("http_listen", "7000", "'7000' is not host:port"),
        ("http_listen", ":7000", "is not host:port"),
        ("http_listen", "host:70000", "is not host:port"),
        ("http_listen", "host:-1", "is not host:port"),
        ("http_listen", "host:http", "is not host:port"),
        ("alpha.client_listen", "nowhere", "is not host:port"),
        ("alpha.cluster_listen", "", "is not host:port"),
        ("ledger_lag_limit_s", 0, "greater than 0"),
        ("horizon_streams", "perhaps", "valid boolean"),
        ("auditor.alpha_url", "http://alpha:7002", "is no ws:// or wss:// address"),
        ("log_level", "LOUD", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("log_format", "xml", "Input should be 'text' or 'json'"),
        ("alpha.connections", 0, "greater than or equal to 1"),
        ("alpha.connects_per_second", -1, "greater than or equal to 1"),
        ("alpha.checkpoint_quanta", 0, "greater than or equal to 1"),
        ("alpha.checkpoint_quanta", "many", "valid integer"),
        ("auditor.poll_interval_s", 0, "greater than 0"),
        ("auditor.poll_interval_s", "nan", "finite number"),
        ("auditor.poll_interval_s", "inf", "finite number"),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: object, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(None, {name: value})
    assert str(caught.value).startswith(f"setting {name}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("urls", "reason"),
    [
        (["http://h", "horizon.example"], "is no http:// or https:// address"),
        (["ftp://horizon.example"], "is no http:// or https:// address"),
        (["http://"], "is no http:// or https:// address"),
        (["http://h:99999"], "Port out of range"),
        (["http://h/?a=b"], "is no http:// or https:// address"),
        (["http://a", "http://a"], "listed twice"),
        ([f"http://h{number}" for number in range(9)], "at most 8 items"),
        ("", "at least 1 item"),
        ("[", "no list"),
        (7, "valid tuple"),
    ],
)
def test_a_list_of_servers_that_cannot_be_used_is_named(urls: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^setting horizon_urls") as caught:
        load_config(None, {"horizon_urls": urls})
    assert reason in str(caught.value)


def test_servers_are_listed_in_the_file_the_environment_and_on_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toml(tmp_path, 'horizon_urls = ["http://a", "https://b/c"]')
    assert load_config(None, {"horizon_urls": ()}).horizon_urls == ("http://127.0.0.1:8000",)
    assert load_config(path, {}).horizon_urls == ("http://a", "https://b/c")
    for value in ("http://x, https://y", '["http://x", "https://y"]'):
        monkeypatch.setenv("CONSTELLATION_HORIZON_URLS", value)
        assert load_config(path, {}).horizon_urls == ("http://x", "https://y")
    assert load_config(path, {"horizon_urls": ("http://z",)}).horizon_urls == ("http://z",)


def test_a_section_that_is_no_section_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELLATION_ALPHA", "nonsense")
    with pytest.raises(ConfigurationError, match=r'^environment: .*"alpha"'):
        load_config(None, {})


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no configuration file .*none\.toml"):
        load_config(tmp_path / "none.toml", {})
    with pytest.raises(ConfigurationError, match=r"node\.toml: .*line 1"):
        load_config(toml(tmp_path, "= 1"), {})
    (tmp_path / "node.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"node\.toml: "):
        load_config(tmp_path / "node.toml", {})


def test_relative_paths_are_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "run").mkdir()
    path = toml(tmp_path / "etc", 'settings_file = "here.json"')
    (tmp_path / "run" / "here.json").write_text(json.dumps(settings_to_json(World().settings)))
    monkeypatch.chdir(tmp_path / "run")
    config = load_config(path, {})
    assert config.settings_file == Path("here.json")
    assert load_settings(config.settings_file) == World().settings


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:7000", ("127.0.0.1", 7000)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:7000", ("::1", 7000)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_addresses_are_split(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "constellation.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_settings_come_back_from_their_file(tmp_path: Path) -> None:
    settings = World().settings
    assert load_settings(written(tmp_path, settings_to_json(settings))) == settings


@pytest.mark.parametrize("document", ["", "{", "[]", "7", "null", '"x"', "{}", {"settings_hash": "00"}])
def test_settings_that_are_none_are_refused_with_their_file(tmp_path: Path, document: object) -> None:
    with pytest.raises(ConfigurationError, match=r"constellation\.json: "):
        load_settings(written(tmp_path, document))


def test_missing_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.json: No such file or directory"):
        load_settings(tmp_path / "none.json")


# The constellation's id follows from the rest; it is written for people and not read.
@pytest.mark.parametrize("key", sorted(settings_to_json(World().settings).keys() - {"constellation_id"}))
@pytest.mark.parametrize("wrong", [None, "wrong", -5, {}, [1]])
def test_changed_settings_are_refused(tmp_path: Path, key: str, wrong: object) -> None:
    document = settings_to_json(World().settings) | {key: wrong}
    with pytest.raises(ConfigurationError, match=r"constellation\.json: "):
        load_settings(written(tmp_path, document))


def test_settings_that_break_a_rule_are_refused(tmp_path: Path) -> None:
    settings = World().settings
    settings.transaction_fee = 99
    with pytest.raises(ConfigurationError, match="transaction_fee is below"):
        load_settings(written(tmp_path, settings_to_json(settings)))
