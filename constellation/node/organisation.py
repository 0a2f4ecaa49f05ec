"""What an operator says of itself in ``/.well-known/stellar.toml``: configuration, all of which is public."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from constellation.protocol.amounts import DECIMALS
from constellation.protocol.settings_json import format_asset, parse_asset

if TYPE_CHECKING:  # every command reads the configuration; the market data's modules are for those that serve it
    from constellation.marketdata.http.stellar_toml import Published, Value

PRINCIPALS_MAX: Final = 8
CURRENCIES_MAX: Final = 32
"""With the bounds below, the document stays shorter than readers allow, with as many assets as there may be."""


def _is_one_line(most_bytes: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.isprintable():
            raise ValueError("it must be one line of printable characters")
        if not 0 < len(text.encode()) <= most_bytes:
            raise ValueError(f"it must have 1 to {most_bytes} bytes")
        return text

    return check


def _is_https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{url!r} is no https:// address")
    return url


def _is_mail(address: str) -> str:
    name, separator, host = address.rpartition("@")
    if not separator or not name or "." not in host or " " in address:
        raise ValueError(f"{address!r} is no mail address")
    return address


def _is_asset(text: str) -> str:
    identity = parse_asset(text)
    if identity is None:
        raise ValueError("lumens have no issuer: an asset is CODE:ISSUER")
    return format_asset(identity)


_Line = Annotated[str, AfterValidator(_is_one_line(200))]
_Paragraph = Annotated[str, AfterValidator(_is_one_line(500))]
_Https = Annotated[_Line, AfterValidator(_is_https)]
_Mail = Annotated[_Line, AfterValidator(_is_mail)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def as_sep_1(self, prefix: str = "", *without: str) -> "dict[str, Value]":
        """What is set, by SEP-1's names."""
        found: Mapping[str, Value] = self.model_dump(exclude_none=True, exclude={*without})
        return {f"{prefix}{name.upper()}" if prefix else name: value for name, value in found.items()}


class PrincipalSection(_Section):
    """Somebody who answers for the organisation."""

    name: _Line = Field(description="Full name.")
    email: _Mail | None = Field(default=None, description="Business mail address.")
    keybase: _Line | None = Field(default=None, description="Account at Keybase.")
    telegram: _Line | None = Field(default=None, description="Account at Telegram.")
    twitter: _Line | None = Field(default=None, description="Account at Twitter.")
    github: _Line | None = Field(default=None, description="Account at GitHub.")


class CurrencySection(_Section):
    """More about one asset of the constellation."""

    asset: Annotated[str, AfterValidator(_is_asset)] = Field(description="`CODE:ISSUER`; shown once it is listed.")
    status: Literal["live", "dead", "test", "private"] | None = Field(
        default=None, description="Not set: `live` on the public network, `test` elsewhere."
    )
    display_decimals: int | None = Field(default=None, ge=0, le=DECIMALS, description="How many decimals are shown.")
    name: Annotated[_Line, Field(max_length=20)] | None = Field(default=None, description="A short name.")
    desc: _Paragraph | None = Field(default=None, description="What it is.")
    conditions: _Paragraph | None = Field(default=None, description="Conditions that apply to it.")
    image: _Https | None = Field(default=None, description="A picture: https://.")


class OrganisationSection(_Section):
    """Who runs the constellation."""

    horizon_url: _Https | None = Field(default=None, description="A public Horizon server of the organisation's own.")
    name: _Line | None = Field(default=None, description="Legal name.")
    dba: _Line | None = Field(default=None, description="The name under which it does business, if it is another.")
    url: _Https | None = Field(default=None, description="Its web site; must be of the domain that has the document.")
    logo: _Https | None = Field(default=None, description="Its logo.")
    description: _Paragraph | None = Field(default=None, description="Who it is, in short.")
    physical_address: _Line | None = Field(default=None, description="Where it is.")
    phone_number: Annotated[str, Field(pattern=r"^\+[0-9]{6,15}$")] | None = Field(
        default=None, description="Its number, in the form `+14155552671`."
    )
    keybase: _Line | None = Field(default=None, description="Account at Keybase.")
    twitter: _Line | None = Field(default=None, description="Account at Twitter.")
    github: _Line | None = Field(default=None, description="Account at GitHub.")
    official_email: _Mail | None = Field(default=None, description="For business.")
    support_email: _Mail | None = Field(default=None, description="For those who need help.")
    licensing_authority: _Line | None = Field(default=None, description="Who has licensed it.")
    license_type: _Line | None = Field(default=None, description="What kind of licence that is.")
    license_number: _Line | None = Field(default=None, description="Its number.")
    principals: tuple[PrincipalSection, ...] = Field(default=(), max_length=PRINCIPALS_MAX)
    currencies: tuple[CurrencySection, ...] = Field(default=(), max_length=CURRENCIES_MAX)

    def published(self) -> "Published":
        """All of it, by SEP-1's names."""
        from constellation.marketdata.http.stellar_toml import Published

        return Published(
            {} if self.horizon_url is None else {"HORIZON_URL": self.horizon_url},
            self.as_sep_1("ORG_", "horizon_url", "principals", "currencies"),
            [item.as_sep_1() for item in self.principals],
            {item.asset: item.as_sep_1("", "asset") for item in self.currencies},
        )
