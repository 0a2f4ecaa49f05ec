"""The page about attacks names settings, codes and metrics that exist, and the bounds that are in force."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from constellation.gateway.metrics import GatewayMetrics
from constellation.node.config import AlphaSection
from constellation.protocol import limits
from constellation.protocol.messages import Code
from constellation.transport import visitor
from constellation.transport.metrics import DoorMetrics

PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "under-attack.md").read_text()


def test_settings_codes_and_metrics_exist() -> None:
    for name in re.findall(r"`alpha\.(\w+)`", PAGE):
        assert name in AlphaSection.model_fields
    for name in re.findall(r"`([A-Z_]{6,})`", PAGE):
        assert name in Code.__members__
    registry = CollectorRegistry()
    GatewayMetrics(registry)
    DoorMetrics(registry)
    names = [family.name for family in registry.collect()]
    found = re.findall(r"`(constellation_\w+?)(?:_total)?(?:\{[\w,]+\})?` \|", PAGE)
    assert len(found) == 6
    assert set(found) <= set(names)


def test_numbers_are_those_in_force() -> None:
    for text in (
        f"{limits.HTTP_CONNECTIONS_MAX} |",
        f"| {limits.HTTP_CONNECTIONS_PER_ADDRESS_MAX} |",
        f"{limits.CLIENT_STRANGERS_MAX}, {limits.CLIENT_STRANGERS_PER_ADDRESS_MAX} of one address",
        f"{limits.STRANGERS_MAX}, {limits.STRANGERS_PER_ADDRESS_MAX} of one address",
        f"{limits.CONNECTS_PER_SECOND} a second, {limits.MEMBER_CONNECTS_BURST} at once",
        f"{limits.CONNECTS_PER_SECOND} a second, {limits.HTTP_CONNECTS_BURST} at once",
        f"{limits.STRANGER_STAY_S:.0f} s: TLS, WebSocket and handshake {limits.HANDSHAKE_TIMEOUT_S:.0f} s each",
        f"{limits.HTTP_STAY_S:.0f} s, for one answer",
        f"{limits.CLIENT_FRAME_MAX_BYTES // 1024} KiB |",
        f"{limits.MESSAGE_TIMEOUT_S:.0f} s; {limits.MEMBER_MESSAGE_TIMEOUT_S:.0f} s between members",
        f"{visitor._FILLERS_BURST} at once, {visitor._FILLERS_PER_SECOND:.0f} a second",
        f"{limits.CLIENT_QUEUE_MAX_MESSAGES} messages, {4 * limits.CLIENT_REPLY_MAX_BYTES >> 20} MiB",
        f"{limits.CLIENT_QUEUES_MAX_BYTES >> 20} MiB; {limits.CLIENT_QUEUE_SHARE_BYTES >> 10} KiB of each are free",
        f"{visitor._STALL_MIN_BYTES >> 10} KiB in {visitor._STALL_S:.0f} s",
        f"{limits.PING_TIMEOUT_S:.0f} s | closed with 1011",
    ):
        assert text in PAGE, text
