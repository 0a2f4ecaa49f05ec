"""A whole constellation in one directory: a sandbox ledger, an alpha and auditors, each a process of its own.

Nothing is faked but the ledger: the vault is created by real transactions, nodes speak over real sockets, auditors
read the ledger over HTTP.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from stellar_sdk import Asset, Payment
from stellar_sdk.operation import Operation

from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.plan import write_settings
from constellation.node.processes import ChildProcess, LogLine
from constellation.node.wallet import Wallet
from constellation.protocol.messages import (
    AssetSettings,
    CreditAsset,
    MarketSettings,
    MarketStatus,
    QuorumRule,
    RequestLimits,
    Settings,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import HorizonNetwork, VaultPlan, create_vault

PASSPHRASE = "Constellation Sandbox ; 2026"
CHRONICLER = "chronicler"
"""Name of its process, where there is one."""

_START_TIMEOUT_S = 60.0
_ONE = 10_000_000
_CHANNELS = 3
_LIMITS = RequestLimits(300_000_000, open_orders=200, fills=100, withdrawals=10, requests_per_second=200, burst=400)
_LUMENS_PER_DOLLAR = 4
_STATUS_REFUSALS_MAX = 30
_STATUS_PAUSE_S = 0.1

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the sandbox listens on the loopback interface."""

    ledger: int
    client: int
    cluster: int
    chronicler: int
    feed: int
    chronicler_http: int
    http: tuple[int, ...]
    chronicle: tuple[int, ...]

    @classmethod
    def free(cls, auditors: int) -> "Ports":
        """Ports that are free now."""
        nodes = 1 + auditors
        sockets = [socket.socket() for _ in range(6 + 2 * nodes)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        ports = [item.getsockname()[1] for item in sockets]
        for item in sockets:
            item.close()
        ledger, client, cluster, chronicler, feed, chronicler_http, *others = ports
        http, chronicle = tuple(others[:nodes]), tuple(others[nodes:])
        return cls(ledger, client, cluster, chronicler, feed, chronicler_http, http, chronicle)

    @classmethod
    def fixed(cls, auditors: int) -> "Ports":
        """The documented ones: 8000 for the ledger, 7000 and up for the nodes."""
        http, chronicle = range(7010, 7011 + auditors), range(7040, 7041 + auditors)
        return cls(8000, 7001, 7002, 7005, 7003, 7006, tuple(http), tuple(chronicle))


class Sandbox:
    """The processes and files of a sandbox.

    Args:
        directory: for seeds, settings, configurations, data and logs; must not hold a sandbox yet.
        auditors: how many.
        ports: where to listen.
        on_line: is shown every line that a process logs.
        log_format: of the processes.
        close_interval_s: seconds between two ledgers.
        alpha_options: more of alpha's own section of the configuration.
        auditor_options: more of the auditors'.
        chronicler: whether there is one, which follows alpha and serves market data.
        limits: of accounts.
    """

    def __init__(
        self,
        directory: Path,
        auditors: int = 3,
        ports: Ports | None = None,
        on_line: LogLine | None = None,
        log_format: str = "text",
        close_interval_s: float = 1.0,
        alpha_options: Mapping[str, int] | None = None,
        auditor_options: Mapping[str, int] | None = None,
        *,
        chronicler: bool = False,
        limits: RequestLimits | None = None,
    ) -> None:
        self.directory = directory
        self.ports = ports or Ports.free(auditors)
        self.auditors = [f"auditor-{number}" for number in range(1, auditors + 1)]
        self.horizon_url = f"http://127.0.0.1:{self.ports.ledger}"
        self.client_url = f"ws://127.0.0.1:{self.ports.client}"
        self.processes: dict[str, ChildProcess] = {}
        self.keys: dict[str, KeyPair] = {}
        self._on_line = on_line
        self._log_format = log_format
        self._close_interval_s = close_interval_s
        self._alpha_options = dict(alpha_options or {})
        self._auditor_options = dict(auditor_options or {})
        self._has_chronicler = chronicler
        self._limits = limits or _LIMITS

    @property
    def settings_path(self) -> Path:
        """The constellation's settings, public."""
        return self.directory / "constellation.json"

    @property
    def nodes(self) -> list[str]:
        """Names of alpha and the auditors."""
        return ["alpha", *self.auditors]

    def data_directory(self, node: str) -> Path:
        """Where a node keeps its log."""
        return self.directory / "data" / node

    @property
    def feed_url(self) -> str:
        """Market data and the terminal, where there is a chronicler."""
        return f"http://127.0.0.1:{self.ports.feed}"

    def status_url(self, node: str) -> str:
        """The node's HTTP port."""
        if node == CHRONICLER:
            return f"http://127.0.0.1:{self.ports.chronicler_http}"
        return f"http://127.0.0.1:{self.ports.http[self.nodes.index(node)]}"

    async def start(self, progress: Progress) -> None:
        """Start everything and wait until alpha serves clients.

        Raises:
            ChildFailed: a process ended.
            TimeoutError: it took too long.
        """
        async with asyncio.timeout(_START_TIMEOUT_S):
            self._make_files()
            progress("starting the sandbox ledger")
            await self.start_ledger()
            self.network = HorizonNetwork(self.horizon_url)
            self.wallet = Wallet(self.network, PASSPHRASE)
            await self._wait_for(f"{self.horizon_url}/health")
            progress("creating the vault and its channels on the ledger")
            self.settings = await self._create_vault(progress)
            progress(f"starting alpha and {len(self.auditors)} auditors")
            for node in self.nodes:
                await self.start_node(node)
            progress("waiting until a quorum of auditors has signed the state")
            for node in self.nodes:
                await self.ready(node)
            if self._has_chronicler:
                progress("starting the chronicler")
                await self.start_node(CHRONICLER)
                await self.ready(CHRONICLER)

    def _make_files(self) -> None:
        for name in ("keys", "logs", "data"):
            (self.directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (*self.nodes, "funder", "issuer", "fees"):
            self.keys[name] = new_key_pair()
            write_key_file(self.directory / "keys" / f"{name}.seed", self.keys[name])
        for number, node in enumerate(self.nodes):
            (self.directory / f"{node}.toml").write_text(self._config(node, number))
        if self._has_chronicler:
            (self.directory / f"{CHRONICLER}.toml").write_text(self._chronicler_config())

    def _chronicler_config(self) -> str:
        peer = f"http://127.0.0.1:{self.ports.chronicle[0]}"
        return f"""\
settings_file = "{self.settings_path}"
data_directory = "{self.data_directory(CHRONICLER)}"
log_format = "{self._log_format}"
[chronicler]
peers = ["{peer}"]
listen = "127.0.0.1:{self.ports.chronicler}"
http_listen = "127.0.0.1:{self.ports.chronicler_http}"
feed_listen = "127.0.0.1:{self.ports.feed}"
terminal_client_url = "{self.client_url}"
terminal_horizon_url = "{self.horizon_url}"
terminal_sandbox = true
"""

    def _chronicler_url(self) -> list[str]:
        return [f'chronicler_urls = ["http://127.0.0.1:{self.ports.chronicler}"]'] if self._has_chronicler else []

    def _config(self, node: str, number: int) -> str:
        chronicle = [f'chronicle_listen = "127.0.0.1:{self.ports.chronicle[number]}"'] if self._has_chronicler else []
        lines = [
            f'settings_file = "{self.settings_path}"',
            f'key_file = "{self.directory / "keys" / node}.seed"',
            f'data_directory = "{self.data_directory(node)}"',
            f'appointments_file = "{self.directory / "appointments.json"}"',
            f'horizon_urls = ["{self.horizon_url}"]',
            f'http_listen = "127.0.0.1:{self.ports.http[number]}"',
            *chronicle,
            f'log_format = "{self._log_format}"',
        ]
        if node == "alpha":
            lines += [
                "[alpha]",
                f'client_listen = "127.0.0.1:{self.ports.client}"',
                f'cluster_listen = "127.0.0.1:{self.ports.cluster}"',
                *self._chronicler_url(),
                *(f"{name} = {value}" for name, value in self._alpha_options.items()),
            ]
        else:
            lines += [
                "[auditor]",
                f'alpha_url = "ws://127.0.0.1:{self.ports.cluster}"',
                "poll_interval_s = 0.3",
                *(f"{name} = {value}" for name, value in self._auditor_options.items()),
            ]
        return "\n".join(lines) + "\n"

    def _child(self, name: str, arguments: list[str]) -> ChildProcess:
        child = ChildProcess(name, arguments, self.directory / "logs" / f"{name}.log", self._on_line)
        self.processes[name] = child
        return child

    async def start_ledger(self) -> None:
        """Start the sandbox ledger."""
        await self._child(
            "ledger",
            ["ledger", "--listen", f"127.0.0.1:{self.ports.ledger}", "--close-interval-s", str(self._close_interval_s)],
        ).start()

    async def start_node(self, node: str, *options: str) -> None:
        """Start, or start again, alpha, an auditor or the chronicler, with more options of its command."""
        role = node if node in ("alpha", CHRONICLER) else "auditor"
        await self._child(node, [role, "--config", str(self.directory / f"{node}.toml"), *options]).start()

    async def kill_node(self, node: str) -> int:
        """End a node at once, as a power failure would; its exit code."""
        self.processes[node].kill()
        return await self.processes[node].wait()

    async def _create_vault(self, progress: Progress) -> Settings:
        await self.network.fund(self.keys["issuer"].address)
        settings = await create_vault(
            self.network,
            self._plan(),
            funder=self.keys["funder"],
            vault=new_key_pair(),
            channels=[new_key_pair() for _ in range(_CHANNELS)],
            fund=True,
            progress=progress,
            poll_interval_s=0.2,
        )
        write_settings(self.settings_path, settings)
        await self._sell_dollars()
        return settings

    async def _sell_dollars(self) -> None:
        """Lets anybody on the ledger buy USD with the friendbot's lumens, as the terminal does for a new account."""
        issuer = self.keys["issuer"].address
        offer = {
            "bought": "native",
            "sold": f"USD:{issuer}",
            "numerator": 1,
            "denominator": _LUMENS_PER_DOLLAR,
            "maker": issuer,
        }
        url = f"{self.horizon_url}/_sandbox/conversions"
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.put(url, json={"conversions": [offer]}),
        ):
            pass

    def _plan(self) -> VaultPlan:
        dollar = CreditAsset("USD", self.keys["issuer"].public)
        return VaultPlan(
            network_passphrase=PASSPHRASE,
            alpha=self.keys["alpha"].public,
            auditors=[self.keys[name].public for name in self.auditors],
            quorum_rule=QuorumRule.MAJORITY,
            fee_account=self.keys["fees"].public,
            minimum_balance=_ONE,
            transaction_fee=10_000,
            withdrawal_lifetime_s=300,
            approval_lifetime_s=604_800,
            limits=self._limits,
            assets=[AssetSettings(None, _ONE // 10, 0), AssetSettings(dollar, _ONE // 100, 0)],
            markets=[
                MarketSettings(
                    base=0, quote=1, price_decimals=4, tick=1, lot=_ONE // 1000, minimum_notional=_ONE // 10,
                    maker_fee_ppm=0, taker_fee_ppm=1000, status=MarketStatus.MARKET_OPEN,
                    price_band_ppm=0,
                )
            ],
        )  # fmt: skip

    async def ready(self, node: str) -> None:
        """Wait until a node does its work."""
        await self._wait_for(f"{self.status_url(node)}/readyz")

    async def _wait_for(self, url: str) -> None:
        """Poll until the answer is 200."""
        async with aiohttp.ClientSession() as session:
            while True:
                for child in self.processes.values():
                    child.check()
                try:
                    async with session.get(url) as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)

    async def status(self, node: str) -> dict[str, object]:
        """What a node says of itself; whoever asks too often waits until it takes connections again."""
        async with aiohttp.ClientSession() as session:
            refusals = 0
            while True:
                async with session.get(f"{self.status_url(node)}/status") as response:
                    if response.content_type == "application/json" or refusals == _STATUS_REFUSALS_MAX:
                        return dict(await response.json())
                refusals += 1
                await asyncio.sleep(_STATUS_PAUSE_S)

    async def stop(self) -> dict[str, int]:
        """Stop all processes, nodes first; their exit codes."""
        if hasattr(self, "network"):
            await self.network.close()
        codes: dict[str, int] = {}
        running = [child for child in self.processes.values() if child.is_running]
        for child in sorted(running, key=lambda item: item.name == "ledger"):
            codes[child.name] = await child.stop()
        return codes

    # --- what a trader does on the ledger -------------------------------------------------------------------------

    @property
    def dollar(self) -> Asset:
        """The sandbox's issued asset."""
        return Asset("USD", self.keys["issuer"].address)

    async def new_trader(self, dollars: str) -> KeyPair:
        """An account on the ledger with 10,000 XLM and some USD."""
        trader = new_key_pair()
        await self.new_accounts([trader], dollars)
        return trader

    async def new_accounts(self, keys: Sequence[KeyPair], dollars: str) -> None:
        """Accounts on the ledger, each with 10,000 XLM and some USD."""
        await self.wallet.open_accounts(keys, self.keys["issuer"], ["USD"], dollars)

    async def funded_trader(self, name: str) -> Path:
        """A trader with 500 XLM and 500 USD on their way into the constellation; the file with the seed."""
        trader = await self.new_trader("1000")
        path = self.directory / "keys" / f"{name}.seed"
        write_key_file(path, trader)
        for asset in (Asset.native(), self.dollar):
            await self.deposit(trader, asset, "500")
        return path

    @property
    def vault_address(self) -> str:
        """Where deposits go."""
        return encode_public_key(self.settings.vault)

    async def deposit(self, trader: KeyPair, asset: Asset, amount: str) -> str:
        """Pay into the vault on the ledger; the transaction's hash."""
        return await self.submit(trader, [Payment(self.vault_address, asset, amount)])

    async def submit(self, source: KeyPair, operations: list[Operation]) -> str:
        """A transaction of ``source``, signed and included; its hash.

        Raises:
            TransactionRefused: the ledger did not accept it.
        """
        return await self.wallet.submit(source, operations)
