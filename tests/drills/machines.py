"""A sandbox with a machine for each member: a directory with just what the drills' pages say that a machine has."""

import re
import shutil
from pathlib import Path

from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports, Sandbox
from constellation.protocol.messages import Settings


def role_of(machine: str) -> str:
    """Whether it runs alpha or an auditor."""
    return "alpha" if machine.endswith("alpha") else "auditor"


class Machines(Sandbox):
    """The processes of a sandbox, each started in the directory of its machine, from files that are there.

    A machine has ``constellation.json``, ``ROLE.toml``, ``ROLE.seed`` and, when its node has run, ``data``.
    """

    def place(self, machine: str) -> Path:
        """The directory of a machine."""
        return self.directory / "machines" / machine

    def data_directory(self, node: str) -> Path:
        """Where its node keeps its log."""
        return self.place(node) / "data"

    def status_url(self, node: str) -> str:
        """Where the node on a machine answers, as its configuration says."""
        text = (self.place(node) / f"{role_of(node)}.toml").read_text()
        (address,) = re.findall(r'^http_listen = "(.+)"$', text, re.MULTILINE)
        return f"http://{address}"

    def log_of(self, machine: str) -> str:
        """Everything that nodes on this machine have logged."""
        path = self.directory / "logs" / f"{machine}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _make_files(self) -> None:
        super()._make_files()
        for number, node in enumerate(self.nodes):
            role = role_of(node)
            self.place(node).mkdir(parents=True)
            (self.directory / f"{node}.toml").unlink()
            self._write_config(node, self._config(node, number))
            shutil.copy2(self.directory / "keys" / f"{node}.seed", self.place(node) / f"{role}.seed")

    def _write_config(self, machine: str, text: str) -> None:
        """Let the configuration name what the machine has: the defaults do, but for the key."""
        role = role_of(machine)
        own = ("settings_file", "data_directory", "appointments_file", "key_file")
        lines = [line for line in text.splitlines() if not line.startswith(own)]
        (self.place(machine) / f"{role}.toml").write_text("\n".join([f'key_file = "{role}.seed"', *lines]) + "\n")

    async def _create_vault(self, progress: object) -> Settings:
        settings = await super()._create_vault(progress)  # type: ignore[arg-type]
        for node in self.nodes:
            shutil.copy2(self.settings_path, self.place(node))
        return settings

    async def start_node(self, node: str, *options: str) -> None:
        """Start, or start again, the node of a machine."""
        await self.start_in(node, [role_of(node), "--config", f"{role_of(node)}.toml", *options])

    async def start_in(self, machine: str, arguments: list[str]) -> None:
        """Start ``constellation`` with these arguments in the directory of a machine."""
        log = self.directory / "logs" / f"{machine}.log"
        child = ChildProcess(machine, arguments, log, None, self.place(machine))
        self.processes[machine] = child
        await child.start()

    def prepare_alpha(self, machine: str) -> Ports:
        """A machine with the configuration of another alpha, which has addresses of its own, and nothing else."""
        ports = Ports.free(0)
        self.place(machine).mkdir()
        text = (self.place("alpha") / "alpha.toml").read_text()
        old = self.ports
        for before, after in ((old.client, ports.client), (old.cluster, ports.cluster), (old.http[0], ports.http[0])):
            text = text.replace(f":{before}", f":{after}")
        (self.place(machine) / "alpha.toml").write_text(text)
        return ports

    def replace_disk(self, machine: str) -> None:
        """The data directory is gone: the disk is new, and empty."""
        shutil.rmtree(self.data_directory(machine))

    def lose_key(self, machine: str) -> None:
        """The seed is gone, and everything else with it but what everybody has."""
        (self.place(machine) / f"{role_of(machine)}.seed").unlink()
