"""A node's configuration: TOML file, overridden by the environment, overridden by flags.

Environment variables have the prefix ``CONSTELLATION_`` and ``__`` between sections, for example
``CONSTELLATION_ALPHA__CLIENT_LISTEN=0.0.0.0:7001``. Seeds are never configuration, only the paths of their files.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import settings_from_json
from constellation.quanta import validate_settings


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says which setting and why."""


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``host:port``.

    Raises:
        ValueError: it is something else.
    """
    host, separator, port = address.rpartition(":")
    if not separator or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is not host:port")
    return host.strip("[]"), int(port)


def _is_address(address: str) -> str:
    split_address(address)
    return address


Address = Annotated[str, AfterValidator(_is_address)]


class AlphaSection(BaseModel):
    """What only alpha needs."""

    model_config = ConfigDict(extra="forbid")

    client_listen: Address = "127.0.0.1:7001"
    cluster_listen: Address = "127.0.0.1:7002"
    requests_per_second: int = 200
    burst: int = 400
    checkpoint_quanta: int = 1000


class AuditorSection(BaseModel):
    """What only an auditor needs."""

    model_config = ConfigDict(extra="forbid")

    alpha_url: str = "ws://127.0.0.1:7002"
    poll_interval_s: float = 1.0


class NodeConfig(BaseSettings):
    """Configuration of one node."""

    model_config = SettingsConfigDict(env_prefix="CONSTELLATION_", env_nested_delimiter="__", extra="forbid")

    settings_file: Path = Path("constellation.json")
    key_file: Path = Path("node.seed")
    data_directory: Path = Path("data")
    horizon_url: str = "http://127.0.0.1:8000"
    http_listen: Address = "127.0.0.1:7000"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    alpha: AlphaSection = AlphaSection()
    auditor: AuditorSection = AuditorSection()

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
        flags: values from the command line; None means not given.

    Raises:
        ConfigurationError: something is missing or malformed.
    """
    if path is not None and not path.is_file():
        raise ConfigurationError(f"there is no configuration file {path}")

    class FileConfig(NodeConfig):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return FileConfig(**_nest({name: value for name, value in flags.items() if value is not None}))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"setting {name}: {first['msg']}") from None
    except ValueError as error:
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
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    problems = validate_settings(settings)
    if problems:
        raise ConfigurationError(f"{path}: " + "; ".join(problems))
    return settings
