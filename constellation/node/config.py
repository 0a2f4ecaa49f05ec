"""A node's configuration: TOML file, overridden by the environment, overridden by flags.

Environment variables have the prefix ``CONSTELLATION_`` and ``__`` between sections, for example
``CONSTELLATION_ALPHA__CLIENT_LISTEN=0.0.0.0:7001``. Seeds are never configuration, only the paths of their files.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from constellation.node.cosigning.config import CosigningSection
from constellation.node.documents import MALFORMED
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.lists import split_list
from constellation.node.notices.config import NoticesSection
from constellation.node.organisation import OrganisationSection
from constellation.protocol import limits
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import settings_from_json
from constellation.quanta import validate_settings

ENVIRONMENT_PREFIX = "CONSTELLATION_"

CHRONICLE_PEERS_MAX = 8
"""Nodes that a chronicler follows, one at a time."""

HORIZON_URLS_MAX = 8
"""Horizon servers of one node: every one is asked from time to time."""

CHRONICLER_URLS_MAX = 8
"""Chroniclers of one alpha: each may be tried for one answer."""


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says which setting and why."""


def check_is_free(output: Path) -> None:
    """Check that there is no file where one is to be written.

    Raises:
        ConfigurationError: there is one.
    """
    if output.exists():
        raise ConfigurationError(f"{output} exists already; it is never overwritten")


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``host:port``.

    Raises:
        ValueError: it is something else.
    """
    host, separator, port = address.rpartition(":")
    if not separator or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is not host:port")
    return host.strip("[]"), int(port)


def local_url(address: str) -> str:
    """The ``http://`` address at which this machine reaches what listens at ``address``.

    Raises:
        ValueError: it is not ``host:port``.
    """
    host, port = split_address(address)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # listens there, is asked here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_address(address: str) -> str:
    split_address(address)
    return address


def _is_url(*schemes: str) -> Callable[[str], str]:
    def check(url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0 or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no {' or '.join(f'{scheme}://' for scheme in schemes)} address")
        return url

    return check


_is_http_url = _is_url("http", "https")
_has_nats_scheme = _is_url("nats", "tls")


def _is_nats_url(url: str) -> str:
    if "@" in url:
        raise ValueError("no user, password or token belongs into the URL; name a nats_credentials_file")
    return _has_nats_scheme(url)


def check_horizon_urls(*urls: str) -> None:
    """Check URLs that came from the command line.

    Raises:
        ConfigurationError: one is not http:// or https://, or there are too many.
    """
    if len(urls) > HORIZON_URLS_MAX:
        raise ConfigurationError(f"--horizon-url: at most {HORIZON_URLS_MAX} servers")
    try:
        for url in urls:
            _is_http_url(url)
    except ValueError as error:
        raise ConfigurationError(f"--horizon-url: {error}") from None


_is_websocket_url = _is_url("ws", "wss")


def check_websocket_url(name: str, url: str) -> None:
    """Check a URL that came from the command line.

    Raises:
        ConfigurationError: it is not ws:// or wss://.
    """
    try:
        _is_websocket_url(url)
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None


def _is_unique(urls: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(urls)) < len(urls):
        raise ValueError("a server is listed twice")
    return urls


Address = Annotated[str, AfterValidator(_is_address)]
HttpUrl = Annotated[str, AfterValidator(_is_http_url)]
HttpUrls = Annotated[tuple[HttpUrl, ...], NoDecode, BeforeValidator(split_list), AfterValidator(_is_unique)]
WebSocketUrl = Annotated[str, AfterValidator(_is_websocket_url)]
NatsUrl = Annotated[str, AfterValidator(_is_nats_url)]


class AlphaSection(BaseModel):
    """What only alpha needs."""

    model_config = ConfigDict(extra="forbid")

    client_listen: Address = Field(default="127.0.0.1:7001", description="Where traders connect: host:port.")
    cluster_listen: Address = Field(default="127.0.0.1:7002", description="Where auditors connect: host:port.")
    frames_per_second_per_address: int | None = Field(
        default=None,
        ge=1,
        description="WebSocket frames that alpha reads from one network address, in the long run; twice as many at "
        "once. Past it alpha reads later, and refuses nothing. Behind a proxy, all clients have one address. Not set: "
        "five times the `requests_per_second` of the settings in force at the start.",
    )
    connections: int = Field(default=limits.CONNECTIONS_MAX, ge=1, description="Connections of traders at a time.")
    connections_per_address: int = Field(
        default=limits.CONNECTIONS_PER_ADDRESS_MAX, ge=1, description="Of them, from one network address."
    )
    connections_per_account: int = Field(
        default=limits.CONNECTIONS_PER_ACCOUNT_MAX, ge=1, description="Of them, of one account."
    )
    connects_per_second: int = Field(
        default=limits.CONNECTS_PER_SECOND,
        ge=1,
        description="New connections of traders from one network address, in the long run; as many as "
        "`connections_per_address` at once.",
    )
    gateway_workers: int = Field(
        default=0,
        ge=0,
        le=limits.WORKERS_MAX,
        description="Processes that serve traders' connections and check signatures, beside alpha's own; with 0, alpha "
        "does it itself. Worthwhile with more than one processor: as many as there are, less one.",
    )
    checkpoint_quanta: int = Field(
        default=1000,
        ge=1,
        description="A batch carries the state root when this many quanta have passed since the last one, "
        "or up to twice as many where very much has changed at once.",
    )
    checkpoint_interval_s: float = Field(
        default=60.0,
        gt=0,
        allow_inf_nan=False,
        description="A batch also carries the state root when the last one is this old, in seconds, "
        "or up to twice as old where very much has changed at once.",
    )
    tls_certificate_file: Path | None = Field(
        default=None,
        description="Certificate chain, in PEM, of `client_listen` and `cluster_listen`; loaded again when it changes. "
        "Not set: no TLS.",
    )
    tls_key_file: Path | None = Field(
        default=None, description="The certificate's key, in PEM; readable by its owner alone."
    )
    chronicler_urls: HttpUrls = Field(
        default=(),
        max_length=CHRONICLER_URLS_MAX,
        description="Chroniclers that answer traders' questions about their past, the preferred one first; the next "
        "one is asked when it fails. Not set: the one that `chronicler.run` starts; without it such questions are "
        "refused with NO_HISTORY.",
    )
    fee_bump_key_file: Path | None = Field(
        default=None,
        description="Seed of a ledger account of alpha's own that pays more when the ledger asks for higher fees. Not "
        "set: withdrawals then wait until it asks for less.",
    )
    fee_bump_max_stroops: int = Field(
        default=1_000_000, ge=200, description="The most that it pays for one transaction, in stroops."
    )


class AuditorSection(BaseModel):
    """What only an auditor needs."""

    model_config = ConfigDict(extra="forbid")

    alpha_url: WebSocketUrl = Field(default="ws://127.0.0.1:7002", description="Alpha's cluster port: ws:// or wss://.")
    alpha_ca_file: Path | None = Field(
        default=None,
        description="Certificate authorities, in PEM, that an auditor trusts with `wss://` instead of the system's.",
    )
    signature_workers: int = Field(
        default=0,
        ge=0,
        le=limits.WORKERS_MAX,
        description="Processes that check clients' signatures ahead of their turn, beside the auditor's own; with 0, "
        "it does it itself. Worthwhile with more than one processor: as many as there are, less one.",
    )
    poll_interval_s: float = Field(
        default=1.0, gt=0, allow_inf_nan=False, description="Seconds between two looks at the Stellar ledger."
    )


class ChroniclerSection(BaseModel):
    """What only a chronicler needs."""

    model_config = ConfigDict(extra="forbid")

    run: bool = Field(
        default=False,
        description="Whether alpha, or an auditor, runs a chronicler beside itself: a process of its own, which "
        "follows its `chronicle_listen`, ends with it, and is started again when it fails.",
    )
    database_url: str | None = Field(
        default=None,
        description="The history: `sqlite:///…` or `postgresql://…`, without a password (PostgreSQL reads it from its "
        "own password file). Not set: `chronicle.sqlite` in `data_directory`.",
    )
    peers: HttpUrls = Field(
        default=(),
        max_length=CHRONICLE_PEERS_MAX,
        description="Whom it follows: the `chronicle_listen` of alpha, of auditors, or of other chroniclers, as "
        "`http://…` addresses; the next one when one fails. Whoever it is, everything is verified.",
    )
    listen: Address = Field(
        default="127.0.0.1:7005",
        description="Where a chronicler answers alpha's questions and feeds further chroniclers; private, like "
        "`chronicle_listen`.",
    )
    http_listen: Address = Field(
        default="127.0.0.1:7006", description="Health, status and metrics of a chronicler: host:port."
    )
    feed_listen: Address | None = Field(
        default=None, description="Where it serves market data to everybody: host:port. Not set: nowhere."
    )
    feed_interval_s: float = Field(
        default=0.1,
        ge=0,
        allow_inf_nan=False,
        description="The shortest time between two updates of a book, ticker, candle or best price, in seconds; with "
        "0, every batch is one.",
    )
    feed_questions_per_second: int = Field(
        default=limits.MARKET_QUESTIONS_PER_SECOND,
        ge=1,
        description="HTTP questions of one network address, in the long run; five times as many at once. Behind a "
        "proxy, all have one address.",
    )
    reserves_file: Path | None = Field(
        default=None,
        description="Where the newest `constellation prove-reserves --output` is put, for `/v1/proof-of-reserves`.",
    )
    terminal_client_url: WebSocketUrl | None = Field(
        default=None,
        description="Where browsers reach alpha's `client_listen`, `wss://…`: the terminal at `feed_listen` trades "
        "there. Not set: one can only look.",
    )
    terminal_horizon_url: HttpUrl | None = Field(
        default=None,
        description="A Horizon that browsers may ask what the vault holds, for the terminal to compare it with what is "
        "owed.",
    )
    terminal_sandbox: bool = Field(
        default=False,
        description="Whether `terminal_horizon_url` has a friendbot, so that the terminal makes funded accounts.",
    )
    tls_certificate_file: Path | None = Field(
        default=None,
        description="Certificate chain, in PEM, of `feed_listen`; loaded again when it changes. Not set: no TLS.",
    )
    tls_key_file: Path | None = Field(
        default=None, description="The certificate's key, in PEM; readable by its owner alone."
    )
    nats_url: NatsUrl | None = Field(
        default=None,
        description="A NATS server with JetStream, `nats://…` or `tls://…`, without a password: a chronicler can "
        "publish the chronicle there, and `constellation feed` follows it there.",
    )
    nats_publish: bool = Field(
        default=False, description="Whether a chronicler publishes what is final at `nats_url`; several may do it."
    )
    nats_credentials_file: Path | None = Field(
        default=None,
        description="Credentials for `nats_url` (JWT and seed, as `nsc` writes them), readable by their owner alone.",
    )
    nats_ca_file: Path | None = Field(
        default=None,
        description="Certificate authorities, in PEM, that are trusted at `nats_url` instead of the system's; with it "
        "there must be TLS.",
    )
    nats_max_bytes: int = Field(
        default=1024**3,
        ge=1024**2,
        description="The stream, where the publisher has to create it, keeps this many bytes: the newest.",
    )
    nats_max_age_hours: float = Field(
        default=168.0,
        gt=0,
        le=876_000,
        allow_inf_nan=False,
        description="And what was published in this many hours. A stream that exists is left as it is.",
    )


class RetentionSection(BaseModel):
    """How much of the past a node keeps."""

    model_config = ConfigDict(extra="forbid")

    hours: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Final batches that are older are removed from the log. Not set: everything is kept.",
    )
    archive_directory: Path | None = Field(
        default=None,
        description="Where batches are put, as verified archives, before they are removed. Not set: nowhere.",
    )


class NodeConfig(BaseSettings):
    """Configuration of one node."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", extra="forbid")

    settings_file: Path = Field(
        default=Path("constellation.json"), description="The constellation's settings, the same file for all members."
    )
    key_file: Path = Field(
        default=Path("node.seed"),
        description="The node's seed, or a keystore with it; readable by its owner alone. `credential:NAME` is the "
        "file NAME in `$CREDENTIALS_DIRECTORY` or `/run/secrets`. Or the socket of a `constellation signer`.",
    )
    key_passphrase_file: Path | None = Field(
        default=None,
        description="The pass phrase of a keystore, in a file like that of a seed. Not set: the terminal is asked.",
    )
    data_directory: Path = Field(
        default=Path("data"), description="Log and evidence; one process at a time, created when missing."
    )
    minimum_free_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=0,
        description="With less free space on the disk of `data_directory`, alpha refuses requests, and an auditor "
        "leaves alpha and signs nothing, until there is more.",
    )
    appointments_file: Path = Field(
        default=Path("appointments.json"),
        description="Where the auditors' signed appointments of another alpha are put, if there ever is one.",
    )
    horizon_urls: HttpUrls = Field(
        default=("http://127.0.0.1:8000",),
        min_length=1,
        max_length=HORIZON_URLS_MAX,
        description="Horizon servers of the Stellar network, the preferred one first; the next one is used when it "
        "fails. Each auditor should have one of its own. In the environment separated by commas.",
    )
    horizon_streams: bool = Field(
        default=True,
        description="Whether an auditor follows Horizon's stream of ledgers, to look at each as soon as it has closed.",
    )
    ledger_lag_limit_s: float = Field(
        default=60.0,
        gt=0,
        allow_inf_nan=False,
        description="A Horizon server whose newest ledger is older, in seconds, is left for another; an auditor that "
        "is so far behind says so at `/readyz`.",
    )
    http_listen: Address = Field(
        default="127.0.0.1:7000",
        description="Health, status and metrics, and at an auditor the requests that traders hand to it: host:port.",
    )
    chronicle_listen: Address | None = Field(
        default=None,
        description="Where chroniclers read certified history from alpha or an auditor: host:port. It shows what every "
        "account has done: keep it private. Not set: nowhere, and an auditor keeps no effects.",
    )
    chronicle_token_file: Path | None = Field(
        default=None,
        description="A secret of at least 16 characters, readable by its owner alone, that chroniclers, and alpha when "
        "it asks one, have in common. Needed wherever such a port listens on more than the loopback.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The lowest level that is logged; read again at `SIGHUP`."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Log lines for people, or JSON objects.")
    alpha: AlphaSection = AlphaSection()
    auditor: AuditorSection = AuditorSection()
    retention: RetentionSection = RetentionSection()
    chronicler: ChroniclerSection = ChroniclerSection()
    cosigning: CosigningSection = CosigningSection()
    notices: NoticesSection = NoticesSection()
    extensions: ExtensionsSection = ExtensionsSection()
    organisation: OrganisationSection = OrganisationSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_config(path: Path | None, flags: dict[str, Any]) -> NodeConfig:
    """Read the configuration.

    Args:
        path: of the TOML file, if there is one; relative paths in it are relative to the working directory.
        flags: values from the command line; None, or nothing where several may be given, means not given.

    Raises:
        ConfigurationError: something is missing or malformed.
    """
    if path is not None and not path.is_file():
        raise ConfigurationError(f"there is no configuration file {path}")

    class FileConfig(NodeConfig):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return FileConfig(**_nest({name: value for name, value in flags.items() if value not in (None, ())}))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"setting {name}: {first['msg']}") from None
    except SettingsError as error:
        raise ConfigurationError(f"environment: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except MALFORMED as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _nest(flags: dict[str, Any]) -> dict[str, Any]:
    """``{"alpha.client_listen": x}`` as ``{"alpha": {"client_listen": x}}``."""
    nested: dict[str, Any] = {}
    for name, value in flags.items():
        section, separator, key = name.partition(".")
        if separator:
            nested.setdefault(section, {})[key] = value
        else:
            nested[name] = value
    return nested


def load_settings(path: Path) -> Settings:
    """The constellation's settings from their JSON document.

    Raises:
        ConfigurationError: the file is missing, changed, or its settings are not valid.
    """
    try:
        settings = settings_from_json(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except MALFORMED as error:
        raise ConfigurationError(f"{path}: {error}") from None
    problems = validate_settings(settings)
    if problems:
        raise ConfigurationError(f"{path}: " + "; ".join(problems))
    return settings
