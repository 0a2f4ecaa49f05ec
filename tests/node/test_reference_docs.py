import re
from pathlib import Path

import pytest

from constellation.node.config import load_config
from tools import reference_docs


def test_the_page_is_up_to_date() -> None:
    assert reference_docs.main(["--check"]) == 0


def test_a_stale_page_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference_docs, "PAGE", tmp_path / "new" / "configuration.md")
    assert reference_docs.main(["--check"]) == 1
    assert "run: python tools/reference_docs.py" in capsys.readouterr().err
    assert reference_docs.main([]) == 0
    assert reference_docs.main(["--check"]) == 0
    reference_docs.PAGE.write_text("old")
    assert reference_docs.main(["--check"]) == 1


def test_every_setting_has_a_meaning() -> None:
    for model in (reference_docs.NodeConfig, reference_docs.Plan):
        for name, field in reference_docs.fields(model):
            assert field.description, name


def test_every_flag_of_a_node_is_in_the_page() -> None:
    shown = reference_docs.page()
    own = {"config_path", "stop_on_eof"}
    for command in (reference_docs.cli.alpha, reference_docs.cli.auditor):
        for option in command.params:
            assert option.name in own or f"`{option.opts[0]}`" in shown


def test_the_variables_in_the_page_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| `(CONSTELLATION_\w+)` \|", reference_docs.page(), re.MULTILINE)
    assert len(rows) == len(list(reference_docs.fields(reference_docs.NodeConfig)))
    values = {"log_level": "DEBUG", "log_format": "json", "horizon_url": "https://h", "auditor.alpha_url": "wss://a"}
    for name, variable in rows:
        value = values.get(name, "h:77" if name.endswith("listen") else "77")
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            config: object = load_config(None, {})
        for part in name.split("."):
            config = getattr(config, part)
        assert str(config) in (value, value + ".0"), name


def test_the_example_in_the_page_is_a_configuration(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", reference_docs.page(), re.DOTALL)
    (tmp_path / "alpha.toml").write_text(example)
    assert load_config(tmp_path / "alpha.toml", {}).alpha.cluster_listen == "0.0.0.0:7002"
