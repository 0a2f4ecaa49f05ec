"""The Stellar network as this node sees it: its servers, the clock, and the vault's signers."""

import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from constellation.node.appointments import newest
from constellation.node.config import NodeConfig
from constellation.node.doctor.findings import Finding, failed, ok, skipped, warning
from constellation.protocol.limits import CLOCK_SKEW_MAX_US
from constellation.protocol.messages import Settings
from constellation.protocol.terms import Terms
from constellation.stellarlink import HorizonNetwork, NetworkUnavailable, check_vault

_TIMEOUT_S: Final = 10.0
_SKEW_WARNING_S: Final = 2.0
_SKEW_MAX_S: Final = CLOCK_SKEW_MAX_US / 1e6


async def look_at_ledger(role: str, config: NodeConfig, settings: Settings) -> AsyncIterator[Finding]:
    """Look at every Horizon server, compare the clock with one, and the vault with the settings."""
    usable: str | None = None
    for url in config.horizon_urls:
        finding, is_usable = await _server(url, config, settings)
        usable = usable or (url if is_usable else None)
        yield finding
    if role == "auditor" and len(config.horizon_urls) == 1:
        yield warning("Horizon servers", "one only", "name a second one: without it an outage stops deposits")
    if usable is None:
        yield skipped("clock", "no Horizon server to compare it with", "bring one into reach, and ask again")
        yield skipped("vault", "no Horizon server tells its signers")
        return
    yield await _clock(usable)
    yield await _vault(usable, config, settings)


async def _server(url: str, config: NodeConfig, settings: Settings) -> tuple[Finding, bool]:
    async with HorizonNetwork(url, request_timeout_s=_TIMEOUT_S) as network:
        what = f"Horizon {network.name}"
        try:
            info = await network.network()
        except NetworkUnavailable as error:
            return failed(what, error.message, "correct horizon_urls, or use another server"), False
    if info.passphrase != settings.network_passphrase:
        found = f"is on network {info.passphrase!r}, the settings say {settings.network_passphrase!r}"
        return failed(what, found, "use a server of the settings' network"), False
    age_s = time.time() - info.latest_closed_at_s
    found = f"ledger {info.latest_ledger}, closed {age_s:.0f} s ago"
    if age_s > config.ledger_lag_limit_s:
        return warning(what, found, "it lags, or this machine's clock is fast; a node would use another server"), True
    return ok(what, found), True


async def _clock(url: str) -> Finding:
    """Compare with the server's ``Date``, which is exact to a second (RFC 9110, section 6.6.1)."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            begin_s = time.time()
            async with session.get(url) as response:
                end_s = time.time()
                told_s = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (aiohttp.ClientError, OSError, KeyError, ValueError):
        return skipped("clock", "the Horizon server does not tell the time")
    # What it told was true at some time between asking and answer, and for up to a second after what it says.
    skew_s = max(begin_s - told_s - 1, 0.0) or min(end_s - told_s, 0.0)
    found = f"{abs(skew_s):.1f} s {'ahead of' if skew_s > 0 else 'behind'} the Horizon server's"
    advice = "let chrony or systemd-timesyncd set it"
    if abs(skew_s) > _SKEW_MAX_S:
        return failed("clock", f"{found}; auditors refuse more than {_SKEW_MAX_S:g} s", advice)
    if abs(skew_s) > _SKEW_WARNING_S:
        return warning("clock", found, advice)
    return ok("clock", "as the Horizon server's, to a second or two")


async def _vault(url: str, config: NodeConfig, settings: Settings) -> Finding:
    """Signers, thresholds and the hash of the settings on the ledger, of the present term or of one before it."""
    terms = newest(Terms(settings), config.appointments_file)
    async with HorizonNetwork(url, request_timeout_s=_TIMEOUT_S) as network:
        try:
            found = [
                await check_vault(network, settings, terms.members_in(term), holdings=False)
                for term in range(terms.term + 1)
            ]
        except NetworkUnavailable as error:
            return skipped("vault", error.message, "ask again")
    problems = min(found, key=len)
    if problems:
        return failed("vault", "; ".join(problems), "do not run a node for it before this is explained")
    auditors = len(terms.members.auditors)
    return ok("vault", f"signers and thresholds of the {auditors} auditors, and the hash of these settings")
