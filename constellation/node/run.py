"""Runs one node until it is asked to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from constellation.node.config import load_config, load_settings, split_address
from constellation.node.damage import run_alpha, run_auditor
from constellation.node.exit_codes import ExitCode
from constellation.node.extensions.loading import load_extensions
from constellation.node.hangups import on_hangup
from constellation.node.logs import configure_logging
from constellation.node.node_key import node_signer
from constellation.node.notices.service import identity_of, notices_of
from constellation.node.refund_record import refuse_after_refund
from constellation.node.reloading import Reloading
from constellation.node.supervision import RiseAgain
from constellation.node.taking_over import loaded_role, until_free
from constellation.node.worker_seats import Seat, seats
from constellation.protocol.messages import Settings
from constellation.protocol.signing import Signer

log = logging.getLogger(__name__)


def stop_event(*, on_eof: bool, on_input: Callable[[bytes], None] = lambda _: None) -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, and the end of standard input when asked.

    A second signal ends the process at once, as a power cut would: what was acknowledged is on the disk.

    Args:
        on_eof: whether the end of standard input sets it.
        on_input: then gets what comes before that end.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            log.warning("asked to stop again: ending at once")
            logging.shutdown()
            os._exit(ExitCode.FAILED)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    if on_eof:
        descriptor = sys.stdin.fileno()

        def check_input() -> None:
            data = os.read(descriptor, 1024)
            if data:
                on_input(data)
                return
            loop.remove_reader(descriptor)
            stop.set()

        loop.add_reader(descriptor, check_input)
    return stop


async def rise_and_rise_again(run: Callable[[], Awaitable[None]]) -> None:
    """Run alpha, and begin anew where only another epoch can bring a quorum back."""
    while True:
        try:
            await run()
            return
        except RiseAgain as reason:
            log.warning("rising again", extra={"reason": str(reason)})


async def run_node(
    role: str,
    config_path: Path | None,
    flags: dict[str, Any],
    stop_on_eof: bool,
    set_damaged_log_aside: bool = False,
    take_over_s: float = 0.0,
) -> None:
    """Run alpha or an auditor; ``take_over_s``: wait so long for the process that has its data directory to end."""
    reloading = Reloading(lambda: load_config(config_path, flags))
    config = reloading.config
    configure_logging(config.log_level, config.log_format, role)
    settings = load_settings(config.settings_file)
    if role == "auditor":
        refuse_after_refund(config.data_directory)
    count = config.alpha.gateway_workers if role == "alpha" else 0
    with node_signer(config) as signer, on_hangup(reloading.reload):
        async with seats(split_address(config.alpha.client_listen)[0], count) as taken:
            with loaded_role(role):
                for seat in taken if take_over_s else ():
                    await seat.loaded()
                await until_free(config.data_directory, take_over_s)
                await _run(role, reloading, settings, signer, stop_on_eof, set_damaged_log_aside, taken)
    log.info("stopped", extra={"role": role})


async def _run(
    role: str,
    reloading: Reloading,
    settings: Settings,
    signer: Signer,
    stop_on_eof: bool,
    set_damaged_log_aside: bool,
    seats: list[Seat],
) -> None:
    config = reloading.config
    stop = stop_event(on_eof=stop_on_eof)
    plugged = load_extensions(config.extensions)
    log.info("starting", extra={"role": role, "key": signer.address})
    async with notices_of(config, identity_of(settings, role, signer.address)) as notices:
        if role == "alpha":
            from constellation.node.alpha import AlphaNode

            await run_alpha(
                config.data_directory,
                lambda: rise_and_rise_again(
                    lambda: AlphaNode(reloading.config, settings, signer, notices, plugged, seats).run(stop)
                ),
                set_damaged_log_aside=set_damaged_log_aside,
            )
        else:
            from constellation.node.auditor import AuditorNode

            await run_auditor(
                config.data_directory,
                lambda: AuditorNode(reloading.config, settings, signer, notices, plugged).run(stop),
            )
