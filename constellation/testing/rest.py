"""A sandbox after its work: everything is final, and nothing went wrong on the way."""

import asyncio
from typing import Final

from constellation.node.sandbox import Sandbox

QUIET_S: Final = 40.0


async def at_rest(sandbox: Sandbox, ledger: int) -> dict[str, dict[str, object]]:
    """The statuses of all nodes once they have the same batches, all certified, and no withdrawal is on its way.

    Args:
        sandbox: whose nodes they are.
        ledger: that they must have accounted for, at least.

    Raises:
        AssertionError: they do not get there in time.
    """
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


def faults_in_logs(sandbox: Sandbox) -> list[str]:
    """Lines of the nodes' logs that only a bug writes."""
    return [
        f"{path.stem}: {line}"
        for path in sorted((sandbox.directory / "logs").glob("*.log"))
        for line in path.read_text(errors="replace").splitlines()
        if "Traceback" in line or "[error" in line or "[critical" in line
    ]
