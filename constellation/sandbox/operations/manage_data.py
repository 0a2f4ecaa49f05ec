"""manage_data: names and values attached to an account."""

import base64
from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address, some
from constellation.sandbox.operations.base import Context, Operation, OperationFailed, reserve_subentry
from constellation.sandbox.operations.set_options import is_printable


@dataclass(frozen=True, slots=True)
class ManageData(Operation):
    """Sets a value; None removes it. The decoder bounds both at 64 bytes."""

    kind = xdr.OperationType.MANAGE_DATA

    name: bytes
    value: bytes | None

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "ManageData":
        """Reads the operation."""
        op = some(body.manage_data_op)
        return cls(source, op.data_name.string64, None if op.data_value is None else op.data_value.data_value)

    def check(self) -> None:
        """A name is printable and not empty."""
        if not self.name or not is_printable(self.name):
            raise OperationFailed("INVALID_NAME")

    def apply(self, context: Context) -> dict[str, Any]:
        """Sets or removes the entry."""
        account, name = context.source_account, self.name.decode("ascii")
        is_known = name in account.data
        if self.value is None:
            if not is_known:
                raise OperationFailed("NAME_NOT_FOUND")
            del account.data[name]
            context.effect(account.account_id, "data_removed", name=name)
            return {}
        if not is_known:
            reserve_subentry(context, account)
        account.data[name] = self.value
        value = base64.b64encode(self.value).decode()
        kind = "data_updated" if is_known else "data_created"
        context.effect(account.account_id, kind, name=name, value=value)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Name, and value in base64."""
        value = base64.b64encode(self.value or b"").decode()
        return {"name": self.name.decode("latin-1"), "value": value}
