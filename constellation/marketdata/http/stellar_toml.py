"""``/.well-known/stellar.toml``: who runs the constellation, in the form that Stellar's wallets and explorers read.

The form is SEP-1's (https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0001.md). Network, accounts
and assets are those of the settings in force. What only the operator knows is configured. There is no ``SIGNING_KEY``
and no server of another SEP, because no service here signs for the domain.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from constellation.protocol.amounts import DECIMALS
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key

PATH: Final = "/.well-known/stellar.toml"
CONTENT_TYPE: Final = "text/plain"
"""As SEP-1 wishes, so that browsers show it."""

_SEP_VERSION: Final = "2.7.0"
_PUBLIC_NETWORK: Final = "Public Global Stellar Network ; September 2015"

Value = str | int | bool | Sequence[str]


@dataclass(slots=True, frozen=True)
class Published:
    """What an operator says of itself; names and values are SEP-1's, everything on one line and printable.

    Attributes:
        general: what stands at the top of the document.
        documentation: the table of that name.
        principals: the people who answer for it.
        currencies: more about assets, by ``CODE:ISSUER``; shown for those that are listed.
    """

    general: Mapping[str, Value] = field(default_factory=dict)
    documentation: Mapping[str, Value] = field(default_factory=dict)
    principals: Sequence[Mapping[str, Value]] = ()
    currencies: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


def stellar_toml(settings: Settings, published: Published) -> str:
    """The document.

    Args:
        settings: in force.
        published: by the operator.
    """
    accounts = [settings.vault, *(channel.account for channel in settings.channels)]
    general: dict[str, Value] = {
        "VERSION": _SEP_VERSION,
        "NETWORK_PASSPHRASE": settings.network_passphrase,
        **published.general,
        "ACCOUNTS": [encode_public_key(account) for account in accounts],
    }
    lines = [*_lines(general)]
    if published.documentation:
        lines += ["", "[DOCUMENTATION]", *_lines(published.documentation)]
    for principal in published.principals:
        lines += ["", "[[PRINCIPALS]]", *_lines(principal)]
    for currency in _currencies(settings, published):
        lines += ["", "[[CURRENCIES]]", *_lines(currency)]
    return "\n".join(lines) + "\n"


def _currencies(settings: Settings, published: Published) -> Iterator[Mapping[str, Value]]:
    """Every listed asset but lumens, which nobody issues."""
    status = "live" if settings.network_passphrase == _PUBLIC_NETWORK else "test"
    for asset in settings.assets:
        identity = asset.identity
        if identity is not None:
            yield {
                "code": identity.code,
                "issuer": encode_public_key(identity.issuer),
                "status": status,
                "display_decimals": DECIMALS,
                **published.currencies.get(format_asset(identity), {}),
            }


def _lines(table: Mapping[str, Value]) -> Iterator[str]:
    for name, value in table.items():
        yield f"{name}={_literal(value)}"


def _literal(value: Value) -> str:
    """In TOML; of printable text it is the same as in JSON."""
    if isinstance(value, (str, int)):
        return json.dumps(value, ensure_ascii=False)
    return "[" + ", ".join(_literal(item) for item in value) + "]"
