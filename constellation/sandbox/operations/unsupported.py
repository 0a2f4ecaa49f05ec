"""Every kind of operation that this ledger does not know: it fails with op_not_supported."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address
from constellation.sandbox.operations.base import Context, Operation, OperationFailed


@dataclass(frozen=True, slots=True)
class Unsupported(Operation):
    """An operation that is never admitted, so it is neither applied nor listed."""

    # Stands for all of them: the result "not supported" does not name the type.
    kind = xdr.OperationType.INFLATION
    is_supported: ClassVar[bool] = False

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "Unsupported":
        """Notes no more than the source."""
        return cls(source)

    def check(self) -> None:
        """Refuses."""
        raise OperationFailed("opNOT_SUPPORTED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Refuses."""
        raise OperationFailed("opNOT_SUPPORTED")

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Has nothing to tell."""
        return {}
