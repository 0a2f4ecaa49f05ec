"""``constellation notify-test``: do notices arrive?"""

import asyncio
from pathlib import Path
from typing import Any

import click

from constellation.node.clock import clock_us
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import read_key_file
from constellation.node.notices.channels import channels_of
from constellation.node.notices.delivery import Channel, attempt
from constellation.node.notices.kinds import Kind
from constellation.node.notices.notice import Change, Notice
from constellation.node.notices.service import identity_of


async def run_notify_test(config_path: Path | None, flags: dict[str, Any]) -> ExitCode:
    """Send a test to every channel, whatever severity it is for, and print what came of it.

    Raises:
        ConfigurationError: there is none, or a file that is named cannot be used.
        KeyFileError: a seed or a secret is missing, or open to others.
    """
    config = load_config(config_path, flags)
    channels = channels_of(config.notices)
    if not channels:
        raise ConfigurationError("notices: nobody is to be told; see docs/operating/notices.md")
    settings, key_pair = load_settings(config.settings_file), read_key_file(config.key_file)
    role = "alpha" if settings.alpha == key_pair.public else "auditor"
    now_us = clock_us()
    notice = Notice(identity_of(settings, role, key_pair.address), Kind.TEST, "", Change.BEGUN, now_us, now_us, "")
    return ExitCode.OK if all(await asyncio.gather(*(_try(item, notice) for item in channels))) else ExitCode.FAILED


async def _try(channel: Channel, notice: Notice) -> bool:
    problem = await attempt(channel, notice)
    click.echo(f"{channel.name}: delivered" if problem is None else f"{channel.name}: not delivered: {problem}")
    return problem is None
