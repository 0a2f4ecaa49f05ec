"""Load for a running constellation: a seeded flow of operations of many accounts through the trader's own client.

``constellation load`` is the command; a worker process (:mod:`constellation.load.worker`) runs the clients of some of
the accounts, and :class:`Crew` runs the workers and adds up what they say.
"""

from constellation.load.crew import Crew, WorkerFailed
from constellation.load.flow import Mix
from constellation.load.job import Job
from constellation.load.report import LoadReport, print_report
from constellation.load.tally import Tally

__all__ = ["Crew", "Job", "LoadReport", "Mix", "Tally", "WorkerFailed", "print_report"]
