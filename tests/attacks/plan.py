"""The attacks, and how their connections must end."""

from dataclasses import dataclass, field
from typing import Any

from constellation.protocol.signing import KeyPair
from tests.attacks.yard import Figures, Yard, percentile

SHARE = 0.8
_ATTEMPTS = 3
_CALM = 0.3  # of the time, alpha may wait for a processor
_STATUS_MAX_S = 0.5
_FINAL_MAX_S = 1.0  # alpha refuses requests when certificates are five seconds late


@dataclass(frozen=True)
class Plan:
    """An attack.

    Attributes:
        kind: of :mod:`tests.attacks.attackers`.
        port: of alpha that is attacked.
        connections: at once.
        ends: a code or WebSocket status with which connections end; "" where they may stay.
        as_auditor: with an auditor's key.
        addresses: network addresses that they come from.
    """

    kind: str
    port: str = "client"
    connections: int = 50
    ends: str = ""
    as_auditor: bool = field(default=False, kw_only=True)
    addresses: int = field(default=1, kw_only=True)


QUICK = (
    Plan("fragments", ends="RATE_LIMITED"),
    Plan("tiny_pings", ends="RATE_LIMITED"),
    Plan("many_accounts", connections=100),
    Plan("queries"),
    Plan("text", ends="MALFORMED"),
    Plan("unknown_auditors", "cluster", 20, ends="UNAUTHORIZED"),
    Plan("status_flood", "http", 20, ends="EOF"),
)
"""Those that stopped alpha, or cost it most, before it was made to withstand them."""

OTHERS = (
    Plan("pings"),
    Plan("connect_storm"),
    Plan("auditor_flood", "cluster", 3, ends="UNEXPECTED_MESSAGE", as_auditor=True),
    Plan("idle", connections=2000),
    Plan("upgrade_loris", connections=300),
    Plan("handshake_loris", connections=200),
    Plan("frame_loris", connections=100),
    Plan("handshake_storm"),
    Plan("oversized", ends="1009"),
    Plan("compression", ends="1002"),
    Plan("garbage", ends="1002"),
    Plan("one_account", ends="1013"),
    Plan("histories"),
    Plan("never_reads"),
    Plan("half_open", connections=100),
    Plan("replayed_handshake", "cluster", 10, ends="BAD_SIGNATURE"),
    Plan("auditor_storm", "cluster", 5, ends="REPLACED", as_auditor=True),
    Plan("auditor_pings", "cluster", 2, as_auditor=True),
    Plan("idle", "http", 300),
    Plan("many_accounts", connections=300, addresses=6),
    Plan("handshake_storm", connections=60, addresses=6),
)


GREEDY = (
    "idle",
    "half_open",
    "never_reads",
    "pings",
    "fragments",
    "handshake_storm",
    "oversized",
    "queries",
    "garbage",
)
"""Those that leave most behind, where something is left behind."""


class Siege:
    """Measures one attack after the other, each from network addresses that nobody has used."""

    _source = 2  # shared: what one address has sent counts for a while

    def __init__(self, yard: Yard, seconds: float) -> None:
        self._yard = yard
        self._seconds = seconds

    async def attack(self, plan: Plan) -> Figures:
        """Measure honest clients beside it."""
        ports = self._yard.sandbox.ports
        port = ports.http[0] if plan.port == "http" else getattr(ports, plan.port)
        more: dict[str, Any] = {"sources": [self._new_source() for _ in range(plan.addresses)]}
        if plan.as_auditor or plan.kind == "replayed_handshake":
            more["seed"] = self._auditor.seed.hex()
        return await self._yard.attack(plan.kind, port, plan.connections, self._seconds, **more)

    @staticmethod
    def _new_source() -> str:
        Siege._source += 1
        return f"127.1.{Siege._source // 250}.{Siege._source % 250 + 1}"

    @property
    def _auditor(self) -> KeyPair:
        return self._yard.sandbox.keys["auditor-3"]

    async def withstood(self, plan: Plan) -> str | None:
        """What was wrong, every time that it was tried.

        Where other programs of this machine keep the processor from alpha, throughput and times say nothing, and only
        what the attack costs alpha is judged.
        """
        problem = None
        for _ in range(_ATTEMPTS):
            usual = await self._yard.measure(self._seconds)
            attacked = await self.attack(plan)
            problem = self._faults(plan, usual, attacked)
            if problem is None and max(usual.waiting, attacked.waiting) < _CALM:
                problem = self._delays(usual, attacked)
            if problem is None:
                return None
        return f"{plan.kind} on {plan.port}: {problem}\n  usual    {usual.describe()}\n  attacked {attacked.describe()}"

    def _faults(self, plan: Plan, usual: Figures, attacked: Figures) -> str | None:
        """What does not depend on what else runs on this machine."""
        honest_cpu = usual.cpu * attacked.per_second / usual.per_second
        if attacked.cpu - honest_cpu > 1 - SHARE:
            return "it leaves too little of a processor to honest clients"
        if plan.ends and plan.ends not in attacked.ended:
            return f"no connection ended with {plan.ends}"
        return None

    def _delays(self, usual: Figures, attacked: Figures) -> str | None:
        if attacked.per_second < SHARE * usual.per_second:
            return "too few requests of honest clients were answered"
        if percentile(attacked.final_s, 0.95) > _FINAL_MAX_S:
            return "certificates come late"
        if percentile(attacked.status_s, 0.95) > _STATUS_MAX_S:
            return "the status page is late"
        if attacked.batches < usual.batches / 2:
            return "alpha commits less often"
        return None
