"""All checks of a node, in the order in which one stands on the other."""

from collections.abc import AsyncIterator

from constellation.node.config import NodeConfig
from constellation.node.doctor.disk import look_at_disk
from constellation.node.doctor.findings import Finding, skipped
from constellation.node.doctor.identity import find_settings, look_at_key
from constellation.node.doctor.ledger import look_at_ledger
from constellation.node.doctor.peers import auditors_unknown, look_at_alpha, look_at_running
from constellation.node.doctor.ports import look_at_certificates, look_at_descriptors, look_at_ports
from constellation.snapshots.directory import is_in_use


async def examine(role: str, config: NodeConfig) -> AsyncIterator[Finding]:
    """Look at everything that alpha or an auditor needs, whether it runs or not.

    Args:
        role: ``alpha`` or ``auditor``.
        config: of the node.
    """
    is_running = is_in_use(config.data_directory)
    settings, finding = find_settings(config)
    yield finding
    for finding in look_at_key(role, config, settings):
        yield finding
    for finding in look_at_disk(config):
        yield finding
    for finding in look_at_ports(role, config, is_running=is_running):
        yield finding
    for finding in (*look_at_certificates(role, config), *look_at_descriptors(role, config)):
        yield finding
    if settings is None:
        yield skipped("ledger", "which network and vault it is, only the settings tell")
    else:
        async for finding in look_at_ledger(role, config, settings):
            yield finding
        if role == "auditor":
            yield await look_at_alpha(config, settings)
    if is_running:
        async for finding in look_at_running(role, config):
            yield finding
    elif role == "alpha":
        yield auditors_unknown()
