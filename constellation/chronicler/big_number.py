"""A column for whole numbers of any size: sums of amounts outgrow what SQL databases call an integer."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator


class BigNumber(TypeDecorator[int]):
    """Whole numbers of up to 40 digits, stored as text."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: int | None, _dialect: Any) -> str | None:
        """As it is stored."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Any) -> int | None:
        """As it was given."""
        return None if value is None else int(value)
