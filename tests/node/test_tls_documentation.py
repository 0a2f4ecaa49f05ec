"""What the page about TLS says is done as it says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.config import load_config
from constellation.node.tls import ServerCertificate
from constellation.sdk.certificates import trusting

PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "tls.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.executes("docs/operating/tls.md", bash=1)
@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl program")
def test_the_commands_make_what_alpha_and_its_clients_take(tmp_path: Path) -> None:
    (commands,) = blocks("bash")
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, check=True, capture_output=True, timeout=30)
    registry = CollectorRegistry()
    assert ServerCertificate(tmp_path / "alpha.pem", tmp_path / "alpha.key", registry).worries == []
    assert trusting(tmp_path / "authority.pem").cert_store_stats()["x509_ca"] == 1
    for metric in re.findall(r"\| `(constellation_\w+?)(?:_total)?(?:\{\w+\})?` \|", PAGE):
        assert metric in [family.name for family in registry.collect()]


def test_the_settings_are_settings(tmp_path: Path) -> None:
    alpha, auditor = blocks("toml")
    path = tmp_path / "node.toml"
    path.write_text(alpha)
    assert load_config(path, {}).alpha.tls_key_file == Path("/etc/constellation/tls/alpha.key")
    path.write_text(auditor)
    assert load_config(path, {}).auditor.alpha_ca_file == Path("/etc/constellation/tls/authority.pem")
