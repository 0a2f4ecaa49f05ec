"""Whom a node tells what its operator should know. Secrets are never settings, only the paths of their files."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from constellation.node.notices.kinds import Severity

CHANNELS_MAX = 8
"""Of each sort: every one has a queue and a task of its own."""

_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_MAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")


def is_loopback(host: str) -> bool:
    """Whether what is sent to ``host`` stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_webhook_url(url: str) -> str:
    """A URL that a webhook can have.

    Raises:
        ValueError: it is not; the URL is not repeated, because it may be a secret.
    """
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.fragment
    except ValueError:
        is_address = False
    if not is_address or parts.hostname is None:
        raise ValueError("a webhook is an https:// address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("no user or password belongs into a webhook's URL; name a token_file")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("a webhook is http:// only on this machine, otherwise https://")
    return url


def _is_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a name has 1 to 32 of a-z, 0-9, _ and -")
    return name


def _is_mail(address: str) -> str:
    if not _MAIL.fullmatch(address):
        raise ValueError(f"{address!r} is no mail address")
    return address


Name = Annotated[str, AfterValidator(_is_name)]
MailAddress = Annotated[str, AfterValidator(_is_mail)]


class ChannelSection(BaseModel):
    """What every way to tell has."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name = Field(description="Of this way, in logs and metrics; each has another one.")
    severity: Literal["info", "warning", "critical"] = Field(
        default="warning", description="The least that is sent this way."
    )

    @property
    def least(self) -> Severity:
        """The same, to be compared."""
        return Severity[self.severity.upper()]


class WebhookSection(ChannelSection):
    """Posts to a server."""

    url: Annotated[str, AfterValidator(check_webhook_url)] | None = Field(
        default=None, description="Where each notice is posted as JSON: https://, or http:// on this machine."
    )
    url_file: Path | None = Field(
        default=None,
        description="A file with the URL instead, readable by its owner alone, where the URL is the secret.",
    )
    token_file: Path | None = Field(
        default=None, description="A secret, readable by its owner alone, sent as `Authorization: Bearer …`."
    )
    ca_file: Path | None = Field(
        default=None, description="Certificate authorities, in PEM, that are trusted instead of the system's."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("a webhook has either a url or a url_file")
        return self


class CommandSection(ChannelSection):
    """Runs a program."""

    command: tuple[str, ...] = Field(
        min_length=1,
        max_length=64,
        description="A program by its full path, and its arguments. It gets the notice as JSON on its standard input; "
        "no shell is involved.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not Path(self.command[0]).is_absolute() or any("\0" in word for word in self.command):
            raise ValueError("a command begins with the full path of a program")
        return self


class MailSection(ChannelSection):
    """Sends mail."""

    host: str = Field(min_length=1, description="The server that takes the mail.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is secured: at once with `tls`, usually at port 465."
    )
    ca_file: Path | None = Field(
        default=None, description="Certificate authorities, in PEM, that are trusted instead of the system's."
    )
    sender: MailAddress = Field(description="From whom the mail is.")
    to: tuple[MailAddress, ...] = Field(min_length=1, max_length=16, description="To whom it goes.")
    user: str | None = Field(default=None, description="For a server that wants a login.")
    password_file: Path | None = Field(default=None, description="Its password; readable by its owner alone.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file are set together, or neither is")
        if self.user is not None and self.tls == "none" and not is_loopback(self.host):
            raise ValueError("a password is only sent over TLS, or on this machine")
        return self


class NoticesSection(BaseModel):
    """Whom a node tells, and how often."""

    model_config = ConfigDict(extra="forbid")

    reminder_hours: float = Field(
        default=6.0,
        ge=0.1,
        le=8760,
        allow_inf_nan=False,
        description="What lasts is told again after this many hours.",
    )
    per_hour: int = Field(
        default=30,
        ge=2,
        le=1000,
        description="Notices in any hour: half of them about what is critical, half about the rest.",
    )
    webhooks: tuple[WebhookSection, ...] = Field(default=(), max_length=CHANNELS_MAX)
    commands: tuple[CommandSection, ...] = Field(default=(), max_length=CHANNELS_MAX)
    mails: tuple[MailSection, ...] = Field(default=(), max_length=CHANNELS_MAX)

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [item.name for item in (*self.webhooks, *self.commands, *self.mails)]
        if len(set(names)) < len(names):
            raise ValueError("each way to tell has a name of its own")
        return self
