"""Faults of streams."""

from constellation.sandbox.faults.registry import Faults
from constellation.sandbox.faults.rules import FaultKind, Json
from constellation.sandbox.faults.tampering import tamper_records


class StreamCut(Exception):
    """The stream is to end here, without a word."""


class StreamTrouble:
    """What goes wrong on one stream."""

    def __init__(self, faults: Faults, method: str, path: str) -> None:
        self._faults = faults
        self._method = method
        self._path = path
        self._sent = 0

    def tamper(self, records: list[Json]) -> list[Json]:
        """Returns the records that the client gets in place of those that are new."""
        return tamper_records(self._faults, self._method, self._path, records)

    def before_record(self) -> None:
        """Called whenever the stream looks for records.

        Raises:
            StreamCut: when it has sent as many records as a rule grants it.
        """
        for active in self._faults.about(self._method, self._path, FaultKind.CUT):
            if self._sent >= active.rule.records and active.strikes():
                raise StreamCut

    def after_record(self) -> None:
        """Called after each record; raises like `before_record`."""
        self._sent += 1
        self.before_record()
