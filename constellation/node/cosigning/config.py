"""The operator's rules in the node's configuration."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from constellation.node.lists import split_list
from constellation.protocol.amounts import parse_amount
from constellation.protocol.settings_json import format_asset, parse_asset
from constellation.protocol.strkey import decode_public_key

_RULES_MAX = 10_000


def _is_address(text: str) -> str:
    decode_public_key(text)
    return text


def _is_amounts(amounts: dict[str, str]) -> dict[str, str]:
    return {format_asset(parse_asset(asset)): _positive(amount) for asset, amount in amounts.items()}


def _positive(amount: str) -> str:
    if parse_amount(amount) < 0:
        raise ValueError(f"{amount!r} is negative")
    return amount


_Address = Annotated[str, AfterValidator(_is_address)]
_Addresses = Annotated[tuple[_Address, ...], NoDecode, BeforeValidator(split_list), Field(max_length=_RULES_MAX)]
_Amounts = Annotated[dict[str, str], AfterValidator(_is_amounts)]


class CosigningSection(BaseModel):
    """Which withdrawals an auditor co-signs; nothing set: all that the constellation's rules allow."""

    model_config = ConfigDict(extra="forbid")

    destinations_allowed: _Addresses = Field(
        default=(), description="The only ledger accounts (`G…`) that it signs withdrawals to. Empty: any."
    )
    destinations_denied: _Addresses = Field(
        default=(), description="Ledger accounts (`G…`) that it signs no withdrawal to."
    )
    accounts_denied: _Addresses = Field(default=(), description="Accounts (`G…`) whose withdrawals it does not sign.")
    delay_s: float = Field(
        default=0.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="How long it looks at a withdrawal's transaction before it signs, in seconds: less than "
        "`withdrawal_lifetime_s` of the settings, or none is ever signed.",
    )
    day_max: _Amounts = Field(
        default={},
        description="By asset (`native` or `CODE:ISSUER`): the most that it signs in 24 hours, all accounts together.",
    )
    account_day_max: _Amounts = Field(
        default={}, description="By asset: the most that it signs in 24 hours for one account."
    )

    @property
    def is_empty(self) -> bool:
        """Whether everything passes."""
        return not any(self.model_dump().values())

    def stroops(self, name: str) -> dict[str, int]:
        """The amounts of ``day_max`` or ``account_day_max`` in stroops."""
        amounts: dict[str, Any] = getattr(self, name)
        return {asset: parse_amount(amount) for asset, amount in amounts.items()}
