"""What clients were told and what all nodes have, compared while a sandbox works, and once it is at rest."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from constellation.load.journal import JournalReader
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.quanta import conservation_errors
from constellation.testing.history import SharedHistory
from constellation.testing.rest import at_rest
from constellation.testing.soak.findings import Violation
from constellation.testing.soak.money import MoneyOracle
from constellation.testing.soak.oracle import Oracle

_BREATH: Final = 10  # batches


class Comparison:
    """Feeds the oracles from the nodes' logs and the clients' journal.

    Args:
        sandbox: whose nodes they are.
        accounts: whose clients write the journal; nobody else uses them.
        journal: where they write it.

    Attributes:
        oracle: of acknowledgements, effects and certificates.
        money: of deposits, withdrawals and the vault.
        history: that all nodes share.
        checked: comparisons that held, by what was compared.
    """

    def __init__(self, sandbox: Sandbox, accounts: Iterable[KeyPair], journal: Path) -> None:
        self.oracle = Oracle(key.address for key in accounts)
        self.money = MoneyOracle(sandbox.settings)
        self.history = SharedHistory(sandbox.settings, {node: sandbox.data_directory(node) for node in sandbox.nodes})
        self.checked: Counter[str] = Counter()
        self._journal = JournalReader(journal)

    async def look(self, last: int | None = None) -> None:
        """Read on, as far as all nodes are, or up to batch ``last``.

        Raises:
            Violation: something does not hold.
        """
        for entry in self._journal.read():
            self.oracle.take_entry(entry)
        for count, sealed in enumerate(self.history.read(self.history.common if last is None else last)):
            self.oracle.take_batch(sealed)
            self.money.take_batch(sealed)
            if count % _BREATH == 0:
                await asyncio.sleep(0)
        if errors := conservation_errors(self.history.machine.state):
            raise Violation("conservation", "; ".join(errors))
        self.checked["conservation"] += 1

    async def finish(self, sandbox: Sandbox) -> None:
        """Wait until the sandbox is at rest, and compare everything.

        Raises:
            Violation: something does not hold.
        """
        statuses = await at_rest(sandbox)
        number = statuses["alpha"]["batch"]
        assert isinstance(number, int)
        await self.look(number)
        root = self.history.machine.state.root().hex()
        for node, status in statuses.items():
            if status["state_root"] != root:
                raise Violation("state roots", f"at rest {node} has {status['state_root']}, and replay {root}")
            self.checked["state roots"] += 1
        self.oracle.finish()
        await self.money.finish(self.history.machine, sandbox.network)
        self.checked.update(self.oracle.checked)
        self.checked["unknown and executed"] = self.oracle.unknown_executed
        self.checked["deposits"] = self.money.deposits.total()
        self.checked["withdrawals"] = self.money.paid.total()
        self.checked["vault"] = len(self.history.machine.state.vault.held)
        self.checked["batches"] = self.history.tip.number
        self.checked["quanta"] = self.history.machine.state.apex
