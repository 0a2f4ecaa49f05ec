"""``constellation load``: where the load goes, whose accounts it uses, what is shown while it runs."""

import asyncio
import json
import tomllib
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from stellar_sdk import Asset

from constellation.load import Crew, Job, LoadReport, Mix, Tally, print_report
from constellation.load.flow import Walk
from constellation.load.report import milliseconds, percentiles
from constellation.node.config import ConfigurationError, check_horizon_urls, check_websocket_url, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, read_key_file, read_keys_file, write_keys_file
from constellation.node.run import stop_event
from constellation.node.wallet import Wallet
from constellation.protocol.messages import AssetIdentity, Settings
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.sdk import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.stellarlink import HorizonNetwork

_SHOW_S = 0.5
_DEPOSITS = ("2000", "1000")  # of lumens, and of each other asset


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The command's options; None where the default depends on others."""

    sandbox: Path | None
    url: str | None
    settings_file: Path | None
    accounts_file: Path | None
    accounts: int
    horizon_url: str | None
    issuer_key_file: Path | None
    market: str | None
    price: str
    rate: float | None
    in_flight: int
    batch: int
    processes: int
    duration_s: float
    flow: int
    crossing: float
    cancels: float
    payments: float
    withdrawals: float
    moves: float
    triggers: float
    verify_share: float
    timeout_s: float
    journal: Path | None

    def located(self) -> "LoadOptions":
        """With what a sandbox's directory says, where nothing else was said.

        Raises:
            ConfigurationError: there is no sandbox in the directory.
        """
        if self.sandbox is None:
            return self
        try:
            alpha = tomllib.loads((self.sandbox / "alpha.toml").read_text())
            url, horizon_url = f"ws://{alpha['alpha']['client_listen']}", alpha["horizon_urls"][0]
        except (OSError, ValueError, KeyError) as error:
            raise ConfigurationError(f"--sandbox: {self.sandbox} is no sandbox's directory: {error}") from None
        return replace(
            self,
            url=self.url or url,
            settings_file=self.settings_file or self.sandbox / "constellation.json",
            accounts_file=self.accounts_file or self.sandbox / "keys" / "load.seeds",
            horizon_url=self.horizon_url or horizon_url,
            issuer_key_file=self.issuer_key_file or self.sandbox / "keys" / "issuer.seed",
        )


async def run_load(options: LoadOptions, as_json: bool) -> int:
    """Make the load and print what came of it; the exit code.

    Raises:
        ConfigurationError: something cannot be used.
        KeyFileError: a seed cannot be read.
        StellarLinkError: the accounts could not be made.
        WorkerFailed: the accounts cannot trade.
    """
    console = Console(stderr=as_json, highlight=False)
    options = options.located()
    job = await _job(options, console)
    async with Crew(job, min(options.processes, len(job.accounts))) as crew:
        stop = stop_event(on_eof=False)
        console.print(f"{len(job.accounts)} accounts are connected; the load begins")
        crew.start()
        await _watch(crew, stop, console)
        report = LoadReport(job, crew.tally, len(crew.process_ids), crew.late, interrupted=stop.is_set())
    document = report.to_json()
    if as_json:
        click.echo(json.dumps(document))
    else:
        print_report(document, console)
    return int(ExitCode.OK if report.tally.is_sound else ExitCode.FAILED)


async def _job(options: LoadOptions, console: Console) -> Job:
    url = options.url or "ws://127.0.0.1:7001"
    check_websocket_url("--url", url)
    settings = load_settings(options.settings_file or Path("constellation.json"))
    if not settings.markets:
        raise ConfigurationError("the constellation has no market")
    catalogue = Catalogue(settings)
    try:
        market = catalogue.market(options.market) if options.market else catalogue.markets[0]
        price = market.round_price(options.price)
        Walk("", market, price)
        shares = options.crossing, options.cancels, options.payments, options.withdrawals
        mix = Mix(*shares, options.moves, options.triggers)
    except InvalidRequest as error:
        raise ConfigurationError(str(error)) from None
    if options.batch > 1 and options.withdrawals:
        raise ConfigurationError("--batch: a withdrawal is a request of its own; leave out --withdrawals")
    if options.journal is not None:
        if options.verify_share < 1:
            raise ConfigurationError("a --journal needs clients that all verify: leave --verify-share at 1")
        options.journal.mkdir(mode=0o700)
    identities = [settings.assets[catalogue.asset_id(name)].identity for name in (market.base, market.quote)]
    return Job(
        url=url,
        settings=settings,
        accounts=await _accounts(options, settings, identities, console),
        market=market.name,
        price=price,
        seed=options.flow,
        mix=mix,
        rate=options.rate,
        in_flight=options.in_flight,
        batch=options.batch,
        duration_s=options.duration_s,
        timeout_s=options.timeout_s,
        journal=options.journal,
        verify_share=options.verify_share,
    )


async def _accounts(
    options: LoadOptions, settings: Settings, assets: list[AssetIdentity], console: Console
) -> list[KeyPair]:
    """The accounts of the file, made and given test money when there is none."""
    path = options.accounts_file or Path("load.seeds")
    if path.exists():
        keys = read_keys_file(path)
        if len(keys) < options.accounts:
            raise ConfigurationError(f"{path} has {len(keys)} seeds, not {options.accounts}")
        return keys[: options.accounts]
    if options.horizon_url is None or options.issuer_key_file is None:
        raise ConfigurationError(
            f"there is no {path}; accounts are made with --horizon-url and --issuer-key-file, or --sandbox"
        )
    check_horizon_urls(options.horizon_url)
    issuer = read_key_file(options.issuer_key_file)
    codes = [identity.code for identity in assets if identity is not None]
    if any(identity is not None and identity.issuer != issuer.public for identity in assets):
        raise ConfigurationError(f"{options.issuer_key_file} is not the issuer of {' and '.join(codes)}")
    keys = [new_key_pair() for _ in range(options.accounts)]
    console.print(f"making {len(keys)} accounts on the ledger, which deposit into the vault")
    write_keys_file(path, keys)
    async with HorizonNetwork(options.horizon_url) as network:
        wallet = Wallet(network, settings.network_passphrase)
        await wallet.open_accounts(keys, issuer, codes, _DEPOSITS[1])
        deposits = [(Asset.native(), _DEPOSITS[0]), *((Asset(code, issuer.address), _DEPOSITS[1]) for code in codes)]
        await wallet.deposit(keys, encode_public_key(settings.vault), deposits)
    return keys


async def _watch(crew: Crew, stop: asyncio.Event, console: Console) -> None:
    """Show the progress until the workers have ended; ``stop`` lets them."""
    progress = Progress(crew)
    with Live(progress.show(), console=console, transient=True) if console.is_terminal else nullcontext() as live:
        told = False
        while not await crew.wait(_SHOW_S):
            if stop.is_set() and not told:
                crew.stop()
                told = True
            if live is not None:
                live.update(progress.show())


class Progress:
    """What a run has done so far, and what it did since the last look.

    Args:
        crew: whose run it is.
    """

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._last = Tally()

    def show(self) -> Table:
        """A table for this moment."""
        tally, last = self._crew.tally, self._last
        seconds = (tally.elapsed_us - last.elapsed_us) / 1e6
        self._last = tally
        table = Table(box=None, show_header=False)
        rows = (
            ("accepted", tally.accepted.total(), last.accepted.total()),
            ("rejected", tally.rejected.total(), last.rejected.total()),
            ("final", tally.final, last.final),
        )
        for name, now, before in rows:
            table.add_row(name, str(now), f"{(now - before) / seconds:.0f}/s" if seconds > 0 else "")
        for name, histogram in (("acknowledged after", tally.acknowledgement), ("final after", tally.finality)):
            found = percentiles(histogram)
            table.add_row(name, f"p50 {milliseconds(found['p50'])} ms", f"p99 {milliseconds(found['p99'])} ms")
        table.add_row("time", f"{tally.elapsed_us / 1e6:.0f} s", f"reconnects {tally.reconnects}")
        return table
