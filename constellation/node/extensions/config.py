"""Which extensions are on, in the node's configuration."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import NoDecode

from constellation.extensions import Option
from constellation.node.lists import split_list

EXTENSIONS_MAX: Final = 8
"""Of one node; each has labels in metrics, and threads."""


def _is_unique(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("an extension is named twice")
    return names


_Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_list), AfterValidator(_is_unique)]


class ExtensionsSection(BaseModel):
    """What is plugged in; nothing by default."""

    model_config = ConfigDict(extra="forbid")

    on: _Names = Field(
        default=(),
        max_length=EXTENSIONS_MAX,
        description="Names of installed extensions, entry points of the group `constellation.extensions`.",
    )
    options: dict[str, dict[str, Option]] = Field(
        default={}, description="By extension: what it is started with. Secrets belong into files that it is told of."
    )
    admission_timeout_s: float = Field(
        default=2.0,
        gt=0,
        le=5,
        allow_inf_nan=False,
        description="How long alpha waits for an extension to say whom it admits, in seconds.",
    )
    admission_refresh_s: float = Field(
        default=30.0, gt=0, allow_inf_nan=False, description="How old its answer is when it is asked again, in seconds."
    )
    admission_keep_s: float = Field(
        default=120.0,
        gt=0,
        allow_inf_nan=False,
        description="How old its answer may be where it gives no other, in seconds; then requests are refused.",
    )
    cosigning_timeout_s: float = Field(
        default=5.0,
        gt=0,
        le=60,
        allow_inf_nan=False,
        description="How long an auditor waits for an extension to say what it signs, in seconds.",
    )

    @model_validator(mode="after")
    def _fits(self) -> "ExtensionsSection":
        unknown = [name for name in self.options if name not in self.on]
        if unknown:
            raise ValueError(f"options of an extension that is not on: {unknown[0]}")
        if self.admission_keep_s < self.admission_refresh_s:
            raise ValueError("admission_keep_s is less than admission_refresh_s")
        return self
