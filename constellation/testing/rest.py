"""A sandbox after its work: everything is final, and nothing went wrong on the way."""

import asyncio
from typing import Final

from constellation.node.sandbox import Sandbox
from constellation.stellarlink.refund_history import LateDeposit, Outflow, UsedSequence, read_history
from constellation.stellarlink.toid import ledger_of

QUIET_S: Final = 40.0


async def at_rest(sandbox: Sandbox) -> dict[str, dict[str, object]]:
    """The statuses of all nodes once they have the same batches, all certified, and nothing is on its way.

    Withdrawals are closed then, and what the ledger did to the vault until now is accounted for.

    Raises:
        AssertionError: they do not get there in time.
        StellarLinkError: the ledger cannot be read.
    """
    ledger = await _last_ledger(sandbox)
    statuses: dict[str, dict[str, object]] = {}
    try:
        async with asyncio.timeout(QUIET_S):
            while True:
                statuses = {node: await sandbox.status(node) for node in sandbox.nodes}
                alpha = statuses["alpha"]
                place = (alpha["batch"], alpha["apex"], alpha["certified_apex"])
                same = all((item["batch"], item["apex"], item["apex"]) == place for item in statuses.values())
                certified = all(statuses[node]["certified_batch"] == alpha["batch"] for node in sandbox.auditors)
                if same and certified and int(str(alpha["ledger"])) >= ledger and alpha["pending_withdrawals"] == 0:
                    return statuses
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"the constellation does not come to rest: {statuses}") from None


async def _last_ledger(sandbox: Sandbox) -> int:
    """The last one that changed the vault or used a channel; that of genesis when none did."""
    now = await sandbox.network.network()
    begin = sandbox.settings.ledger_cursor
    history = await read_history(sandbox.network, sandbox.settings, begin, now.latest_ledger)
    events: list[LateDeposit | UsedSequence | Outflow] = [*history.deposits, *history.used, *history.outflows]
    return ledger_of(max((event.place for event in events), default=begin))


def faults_in_logs(sandbox: Sandbox) -> list[str]:
    """Lines of the nodes' logs that only a bug writes."""
    return [
        f"{path.stem}: {line}"
        for path in sorted((sandbox.directory / "logs").glob("*.log"))
        for line in path.read_text(errors="replace").splitlines()
        if "Traceback" in line or "[error" in line or "[critical" in line
    ]
