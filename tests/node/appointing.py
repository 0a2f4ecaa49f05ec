"""What the auditors' operators do to appoint the members of a new term, on a running sandbox."""

from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.sandbox import Sandbox


def appoint(sandbox: Sandbox, whom: str, command: str, *arguments: str) -> Result:
    """Run a command of ``appoint-alpha`` or ``appoint-auditors`` on the file that all nodes of the sandbox look at."""
    common = ["--file", str(sandbox.directory / "appointments.json"), "--settings-file", str(sandbox.settings_path)]
    return CliRunner().invoke(main, [f"appoint-{whom}", command, *common, *arguments])


def sign(sandbox: Sandbox, whom: str, auditor: str) -> Result:
    """Add an auditor's signature."""
    key_file = str(sandbox.directory / "keys" / f"{auditor}.seed")
    return appoint(sandbox, whom, "sign", "--key-file", key_file, "--status-url", sandbox.status_url("auditor-1"))
