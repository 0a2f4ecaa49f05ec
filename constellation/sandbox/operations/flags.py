"""The names Horizon gives to the flags of accounts and trust lines."""

from collections.abc import Mapping

from constellation.sandbox.accounts import (
    AUTH_CLAWBACK_ENABLED,
    AUTH_IMMUTABLE,
    AUTH_REQUIRED,
    AUTH_REVOCABLE,
    AUTHORIZED,
    AUTHORIZED_TO_MAINTAIN,
    CLAWBACK_ENABLED,
)

ACCOUNT_FLAGS = {
    AUTH_REQUIRED: "auth_required",
    AUTH_REVOCABLE: "auth_revocable",
    AUTH_IMMUTABLE: "auth_immutable",
    AUTH_CLAWBACK_ENABLED: "auth_clawback_enabled",
}
TRUST_LINE_FLAGS = {
    AUTHORIZED: "authorized",
    # Horizon spells this one wrongly, and clients have learnt it.
    AUTHORIZED_TO_MAINTAIN: "authorized_to_maintain_liabilites",
    CLAWBACK_ENABLED: "clawback_enabled",
}


def describe_flags(names: Mapping[int, str], *, set_flags: int | None, clear_flags: int | None) -> dict[str, object]:
    """Returns the JSON fields set_flags, set_flags_s, clear_flags and clear_flags_s, where there are any."""
    fields: dict[str, object] = {}
    for field, value in (("set_flags", set_flags), ("clear_flags", clear_flags)):
        if value:
            fields[field] = [flag for flag in names if flag & value]
            fields[f"{field}_s"] = [name for flag, name in names.items() if flag & value]
    return fields
