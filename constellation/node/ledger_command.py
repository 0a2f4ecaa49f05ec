"""Runs the sandbox ledger until it is asked to stop."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from constellation.node.config import ConfigurationError, split_address
from constellation.node.logs import configure_logging
from constellation.node.run import stop_event
from constellation.sandbox import Journal, JournalError, Ledger, LedgerServer, LedgerSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOptions:
    """How to run the sandbox ledger.

    Attributes:
        listen: host:port of each Horizon; the first one closes the ledgers.
        close_interval_s: Seconds between ledgers; None to close them by hand.
        network_passphrase: Names the network.
        data_file: Where to record the ledgers, if anywhere.
        settings: Those of `LedgerSettings` that are given.
        stop_on_eof: Whether to stop when standard input ends.
    """

    listen: Sequence[str]
    close_interval_s: float | None
    network_passphrase: str
    data_file: Path | None
    settings: Mapping[str, int]
    stop_on_eof: bool


async def run_ledger(options: LedgerOptions) -> None:
    """Run the sandbox ledger."""
    configure_logging("INFO", "text", "ledger")
    addresses = [_listen_address(text) for text in options.listen]
    stop = stop_event(on_eof=options.stop_on_eof)
    async with AsyncExitStack() as stack:
        ledger = _open_ledger(options, stack)
        servers = [
            LedgerServer(ledger, host, port, None if place else options.close_interval_s)
            for place, (host, port) in enumerate(addresses)
        ]
        for server in servers:
            stack.push_async_callback(server.stop)
            await server.start()
        urls = ", ".join(server.url for server in servers)
        log.info("sandbox ledger is open", extra={"url": urls, "network": ledger.network_passphrase})
        await servers[0].run_until(stop)


def _listen_address(text: str) -> tuple[str, int]:
    try:
        return split_address(text)
    except ValueError as error:
        raise ConfigurationError(f"--listen: {error}") from None


def _open_ledger(options: LedgerOptions, stack: AsyncExitStack) -> Ledger:
    """The ledger, new or from its data file. An existing one is upgraded to the settings that are given."""
    if options.data_file is None:
        return Ledger(options.network_passphrase, settings=LedgerSettings(**options.settings))
    try:
        settings = LedgerSettings(**options.settings)
        journal = Journal(options.data_file, options.network_passphrase, settings=settings)
    except JournalError as error:
        raise ConfigurationError(f"--data-file: {error}") from None
    stack.callback(journal.close)
    found = journal.recovery
    if found.cut_bytes:
        log.warning("cut off an unfinished line", extra={"file": options.data_file, "bytes": found.cut_bytes})
    if found.ledgers:
        log.info("sandbox ledger goes on", extra={"ledgers": found.ledgers, "file": options.data_file})
        journal.ledger.upgrade(**options.settings)
    return journal.ledger
