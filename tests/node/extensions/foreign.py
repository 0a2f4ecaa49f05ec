"""Extensions that do what they should not, and who calls them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry

from constellation.node.extensions.caller import Caller
from constellation.node.extensions.metrics import ExtensionMetrics
from constellation.node.extensions.record import HookRecord


class Unspeakable(Exception):
    """Fails even when it is asked what it is."""

    def __str__(self) -> str:
        raise RuntimeError


class Behaving:
    """Answers a hook by what ``behave`` does now.

    Attributes:
        calls: the arguments so far.
        gate: what :meth:`hang` waits for.
    """

    def __init__(self, behave: Callable[..., object]) -> None:
        self.behave = behave
        self.calls: list[tuple[Any, ...]] = []
        self.gate = threading.Event()

    def answer(self, *arguments: Any) -> Any:
        self.calls.append(arguments)
        return self.behave(*arguments)

    admit = refusals = certified = answer

    def hang(self, *_: Any) -> None:
        """Until the test is over."""
        self.gate.wait(60)


def raises(error: BaseException) -> Callable[..., object]:
    def behave(*_: object) -> object:
        raise error

    return behave


RAISING = [ValueError("no"), SystemExit(1), KeyboardInterrupt(), Unspeakable(), RecursionError(), MemoryError()]


@contextmanager
def behaving(behave: Callable[..., object] = lambda *_: None) -> Iterator[Behaving]:
    """A hook whose threads come back at the end."""
    hook = Behaving(behave)
    try:
        yield hook
    finally:
        hook.gate.set()


class Watched:
    """A record and its metrics."""

    def __init__(self, hook: str, timeout_s: float = 0.2) -> None:
        self.registry = CollectorRegistry()
        self.record = HookRecord("foreign", hook, ExtensionMetrics(self.registry))
        self.caller = Caller(self.record, timeout_s)

    def count(self, result: str) -> float:
        labels = {"extension": "foreign", "result": result}
        return self.registry.get_sample_value("constellation_extension_calls_total", labels) or 0.0

    def value(self, name: str) -> float:
        return self.registry.get_sample_value(f"constellation_extension_{name}", {"extension": "foreign"}) or 0.0
