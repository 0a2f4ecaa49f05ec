from prometheus_client import CollectorRegistry

from constellation.transport.doorstep import DoorLimits, Doorstep, Refusal
from constellation.transport.metrics import DoorMetrics

LIMITS = DoorLimits(strangers=10, strangers_per_address=3, per_second=1, burst=5, stay_s=1.0)


def test_strangers_of_many_addresses_are_few_together() -> None:
    doorstep = Doorstep(LIMITS, DoorMetrics(), "port")
    found = [doorstep.enter(str(number), 0.0) for number in range(12)]
    assert found == [None] * 10 + [Refusal.STRANGERS] * 2
    doorstep.leave("3")
    assert doorstep.enter("another", 0.0) is None
    assert doorstep.enter("yet another", 0.0) is Refusal.STRANGERS


def test_strangers_of_one_address_leave_room_for_others() -> None:
    doorstep = Doorstep(LIMITS, DoorMetrics(), "port")
    assert [doorstep.enter("a", 0.0) for _ in range(4)] == [None] * 3 + [Refusal.STRANGERS_OF_ADDRESS]
    assert doorstep.enter("b", 0.0) is None
    doorstep.leave("a")
    assert doorstep.enter("a", 0.0) is None


def test_connections_come_at_a_rate() -> None:
    doorstep = Doorstep(LIMITS, DoorMetrics(), "port")
    for _ in range(5):
        assert doorstep.enter("a", 0.0) is None
        doorstep.leave("a")
    assert doorstep.enter("a", 0.0) is Refusal.TOO_FAST
    assert doorstep.enter("b", 0.0) is None
    assert doorstep.enter("a", 1.01) is None


def test_an_operator_sees_who_is_refused() -> None:
    registry = CollectorRegistry()
    doorstep = Doorstep(LIMITS, DoorMetrics(registry), "clients")
    for _ in range(5):
        doorstep.enter("a", 0.0)
    doorstep.expelled()
    doorstep.exhausted()

    def refused(reason: str) -> float | None:
        labels = {"port": "clients", "reason": reason}
        return registry.get_sample_value("constellation_connections_refused_total", labels)

    assert refused("strangers_of_address") == 2
    assert refused("stayed_too_long") == refused("no_descriptor") == 1
    assert registry.get_sample_value("constellation_strangers", {"port": "clients"}) == 3


def test_nothing_is_kept_of_those_who_are_gone() -> None:
    doorstep = Doorstep(LIMITS, DoorMetrics(), "port")
    for number in range(100):
        assert doorstep.enter(str(number), float(number)) is None
        doorstep.leave(str(number))
    assert len(doorstep) == 0
    assert doorstep._strangers == {}
