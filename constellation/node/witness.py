"""A witness of how far an auditor's log was, beside its key file: it tells the log from an old copy of it.

Alpha finds an auditor whose data directory was replaced by an old backup (:mod:`constellation.herald.rollback`), but
not if alpha has lost its disk at the same time. The witness is a second, cheap defence for that case: it is in another
directory than the log, so a restored data directory does not bring an old one with it. It is written every few seconds,
after the log, and names only what a log never goes behind: it is never ahead of a log that is whole, and may be behind
it. Without one (its directory is read-only, or the file is damaged or lost) an auditor runs as well.
"""

import asyncio
import json
import logging
from pathlib import Path

from constellation.herald.replica import Replica
from constellation.node.documents import MALFORMED
from constellation.node.node_log import NodeLog
from constellation.node.refund_record import replace_file
from constellation.snapshots import Standing

log = logging.getLogger(__name__)

_INTERVAL_S = 2.0


class Witness:
    """The file.

    Args:
        key_file: beside which it is.
        constellation: for which the log must be.
    """

    def __init__(self, key_file: Path, constellation: bytes) -> None:
        self.path = key_file.with_name(f"{key_file.name}.witness")
        self._constellation = constellation.hex()
        self._written: Standing | None = None

    def is_ahead_of(self, standing: Standing) -> bool:
        """Whether it has seen more than ``standing`` in this auditor's log."""
        seen = self._read()
        return seen is not None and (seen.epoch > standing.epoch or seen.certified > standing.certified)

    def _read(self) -> Standing | None:
        try:
            found = json.loads(self.path.read_text("utf-8"))
            if found["constellation"] != self._constellation:
                return None
            return Standing(int(found["epoch"]), int(found["certified_batch"]))
        except FileNotFoundError:
            return None
        except (OSError, *MALFORMED) as error:
            log.warning("the witness cannot be read", extra={"path": str(self.path), "reason": f"{error!r:.100}"})
            return None

    async def keep(self, node_log: NodeLog, replica: Replica) -> None:
        """Write it again and again, until cancelled or it cannot be written.

        While the auditor recovers, it stays as it is: another start must not take the log for whole.
        """
        while True:
            standing = await node_log.standing()
            if standing != self._written and not replica.is_recovering:
                try:
                    await asyncio.to_thread(self.write, standing)
                except OSError as error:
                    log.info("there is no witness", extra={"path": str(self.path), "reason": str(error)})
                    return
            await asyncio.sleep(_INTERVAL_S)

    def write(self, standing: Standing) -> None:
        """Write it; durable on return.

        Raises:
            OSError: it cannot be written.
        """
        fields = {"constellation": self._constellation, "epoch": standing.epoch, "certified_batch": standing.certified}
        replace_file(self.path, json.dumps(fields).encode() + b"\n")
        self._written = standing
