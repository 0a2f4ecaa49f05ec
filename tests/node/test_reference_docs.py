import re
from pathlib import Path

import pytest

from constellation.node.config import load_config
from constellation.protocol.messages import Code
from constellation.protocol.strkey import encode_public_key
from tools import reference_docs


def test_the_pages_are_up_to_date() -> None:
    assert reference_docs.main(["--check"]) == 0


@pytest.mark.parametrize(
    "page", ["codes.md", "configuration.md", "ledger-operations.md", "metrics.md", "openapi.json", "states.md"]
)
def test_a_stale_page_is_noticed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference_docs, "DIRECTORY", tmp_path / "new")
    assert reference_docs.main(["--check"]) == 1
    assert f"{page} is not what the code says; run: python tools/reference_docs.py" in capsys.readouterr().err
    assert reference_docs.main([]) == 0
    assert reference_docs.main(["--check"]) == 0
    (tmp_path / "new" / page).write_text("old")
    assert reference_docs.main(["--check"]) == 1
    assert capsys.readouterr().err == f"{page} is not what the code says; run: python tools/reference_docs.py\n"


def test_every_code_has_a_meaning() -> None:
    rows = [line for line in reference_docs.codes_page().splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert [row.split(" | ")[:2] for row in rows] == [[f"| {code.value}", f"`{code.name}`"] for code in Code]


def test_every_setting_has_a_meaning() -> None:
    for model in (reference_docs.NodeConfig, reference_docs.Plan):
        for name, field in reference_docs.fields(model):
            assert field.description, name


def test_every_flag_of_a_node_is_in_the_page() -> None:
    shown = reference_docs.configuration_page()
    own = {"config_path", "stop_on_eof", "set_damaged_log_aside", "take_over_s"}
    for command in (reference_docs.cli.alpha, reference_docs.cli.auditor):
        for option in command.params:
            assert option.name in own or f"`{option.opts[0]}`" in shown


def test_the_variables_in_the_page_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| `(CONSTELLATION_\w+)` \|", reference_docs.configuration_page(), re.MULTILINE
    )
    names = [name for name, _ in reference_docs.fields(reference_docs.NodeConfig)]
    assert [name for name, _ in rows] == [name for name in names if "[]" not in name]
    values = {
        "log_level": "DEBUG",
        "log_format": "json",
        "auditor.alpha_url": "wss://a",
        "alpha.gateway_workers": "7",
        "auditor.signature_workers": "7",
    }
    values |= {"chronicler.run": "True", "chronicler.peers": "https://h", "alpha.chronicler_urls": "https://h"}
    values |= {"horizon_urls": "https://h", "horizon_streams": "False", "alpha.fee_bump_max_stroops": "777"}
    values |= {"chronicler.nats_publish": "True", "chronicler.nats_url": "nats://h"}
    values |= {"chronicler.nats_max_bytes": "7777777"}
    address = encode_public_key(bytes(32))
    values |= {
        f"cosigning.{name}": address for name in ("destinations_allowed", "destinations_denied", "accounts_denied")
    }
    values |= {f"cosigning.{name}": '{"native": "7"}' for name in ("day_max", "account_day_max")}
    values |= {"extensions.options": "{}", "extensions.admission_timeout_s": "3", "extensions.cosigning_timeout_s": "3"}
    values |= {f"organisation.{name}": "https://h" for name in ("horizon_url", "url", "logo")}
    values |= {f"organisation.{name}": "a@h.example" for name in ("official_email", "support_email")}
    values |= {"chronicler.terminal_sandbox": "True"}
    values |= {"chronicler.terminal_client_url": "wss://h", "chronicler.terminal_horizon_url": "https://h"}
    values |= {"organisation.phone_number": "+1234567"}
    for name, variable in rows:
        value = values.get(name, "h:77" if name.endswith("listen") else "77")
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            config: object = load_config(None, {})
        for part in name.split("."):
            config = getattr(config, part)
        assert str(config).replace("'", '"') in (value, value + ".0", f'("{value}",)'), name


@pytest.mark.parametrize(
    "machine", [reference_docs.ALPHA_STATES, reference_docs.AUDITOR_STATES, reference_docs.CHRONICLER_STATES]
)
def test_every_state_and_change_of_a_node_is_in_the_page(machine: reference_docs.StateTable) -> None:
    shown = reference_docs.states("", machine)
    for state, meaning in machine.meanings.items():
        assert f"| `{state.value}` | {meaning}. |" in shown
    for change in machine.transitions:
        row = f"| `{change.target.value}` | {change.reason} |"
        assert any(
            row in line and all(f"`{item.value}`" in line for item in change.sources) for line in shown.split("\n")
        )


def test_the_example_in_the_page_is_a_configuration(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", reference_docs.configuration_page(), re.DOTALL)
    (tmp_path / "alpha.toml").write_text(example)
    assert load_config(tmp_path / "alpha.toml", {}).alpha.cluster_listen == "0.0.0.0:7002"
