"""path_payment_strict_send and path_payment_strict_receive: payments that may convert on the way.

There is no order book here. An asset is converted only where a rate is configured (see `Conversion`); an empty path
between equal assets is an ordinary payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Self

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address, account_id_to_xdr
from constellation.sandbox.assets import NATIVE, Asset, format_amount
from constellation.sandbox.conversions import Conversion
from constellation.sandbox.limits import INT64_MAX
from constellation.sandbox.operations.base import Context, Operation, OperationFailed
from constellation.sandbox.operations.transfers import credit, debit, note_balance
from constellation.sandbox.results import operation_result, operation_value

_Hop = tuple[Conversion, int, int]
"""A conversion, what comes in, and what goes out."""


def _claim_atom(conversion: Conversion, bought: int, sold: int) -> xdr.ClaimAtom:
    atom = xdr.ClaimOfferAtom(
        account_id_to_xdr(conversion.maker),
        xdr.Int64(0),
        conversion.sold.to_xdr(),
        xdr.Int64(sold),
        conversion.bought.to_xdr(),
        xdr.Int64(bought),
    )
    return xdr.ClaimAtom(xdr.ClaimAtomType.CLAIM_ATOM_TYPE_ORDER_BOOK, order_book=atom)


def _simple_payment(destination: str, asset: Asset, amount: int) -> xdr.SimplePaymentResult:
    return xdr.SimplePaymentResult(account_id_to_xdr(destination), asset.to_xdr(), xdr.Int64(amount))


_NOWHERE = "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF"


@dataclass(frozen=True, slots=True)
class _PathPayment(Operation):
    """What both kinds share: everything but which side is exact, and in which order the path is gone.

    Attributes:
        send_amount: What is sent; with strict receive, at most.
        destination_amount: What arrives; with strict send, at least.
    """

    is_payment = True
    success: ClassVar[type[Any]]
    """What a success carries."""

    send_asset: Asset
    send_amount: int
    destination: Address
    destination_asset: Asset
    destination_amount: int
    path: tuple[Asset, ...]

    @property
    def participants(self) -> Sequence[str]:
        """The receiver."""
        return (self.destination.account_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> Self:
        """Reads the operation."""
        is_send = body.path_payment_strict_send_op is not None
        op: Any = body.path_payment_strict_send_op or body.path_payment_strict_receive_op
        return cls(
            source,
            Asset.from_xdr(op.send_asset),
            (op.send_amount if is_send else op.send_max).int64,
            Address.from_xdr(op.destination),
            Asset.from_xdr(op.dest_asset),
            (op.dest_min if is_send else op.dest_amount).int64,
            tuple(Asset.from_xdr(asset) for asset in op.path),
        )

    def check(self) -> None:
        """Both amounts are positive."""
        assets = (self.send_asset, self.destination_asset, *self.path)
        if min(self.send_amount, self.destination_amount) <= 0 or not all(asset.is_valid for asset in assets):
            raise OperationFailed("MALFORMED")

    def unreached_result(self) -> xdr.OperationResult:
        """Returns a success without content."""
        return operation_result(self.kind, "SUCCESS", success=self.success([], _simple_payment(_NOWHERE, NATIVE, 0)))

    def _conversions(self, context: Context) -> list[Conversion]:
        """Returns the conversions along the path, and fails where there is none."""
        stops = [self.send_asset, *self.path, self.destination_asset]
        pairs = [(a, b) for a, b in pairwise(stops) if a != b]
        if pairs and context.state.peek(self.destination.account_id) is None:
            raise OperationFailed("NO_DESTINATION")
        found = [context.conversions.find(*pair) for pair in pairs]
        conversions = [each for each in found if each is not None]
        if len(conversions) < len(found):
            raise OperationFailed("TOO_FEW_OFFERS")
        if any(each.maker == self.source.account_id for each in conversions):
            raise OperationFailed("OFFER_CROSS_SELF")
        return conversions

    def _convert(self, context: Context, hops: list[_Hop]) -> None:
        """Lets each maker take and give; one that cannot is no offer at all."""
        for conversion, bought, sold in hops:
            if not (0 < bought <= INT64_MAX and 0 < sold <= INT64_MAX):
                raise OperationFailed("TOO_FEW_OFFERS")
            maker = context.state.account(conversion.maker)
            if maker is None:
                raise OperationFailed("TOO_FEW_OFFERS")
            try:
                credit(context.state, conversion.maker, conversion.bought, bought)
                debit(context, maker, conversion.sold, sold)
            except OperationFailed as failure:
                raise OperationFailed("TOO_FEW_OFFERS") from failure

    def _outcome(self, context: Context, hops: list[_Hop], sent: int, received: int) -> dict[str, Any]:
        """Notes the effects and returns the result's content."""
        source, destination = self.source.account_id, self.destination.account_id
        note_balance(context, destination, "account_credited", self.destination_asset, received)
        note_balance(context, source, "account_debited", self.send_asset, sent)
        last = _simple_payment(destination, self.destination_asset, received)
        return {"success": self.success([_claim_atom(*hop) for hop in hops], last)}

    def _describe(self, *, sent: int, received: int) -> dict[str, object]:
        return {
            **self.destination_asset.fields(),
            "from": self.source.account_id,
            **self.source.fields("from"),
            "to": self.destination.account_id,
            **self.destination.fields("to"),
            "amount": format_amount(received),
            "path": [asset.fields() for asset in self.path],
            "source_amount": format_amount(sent),
            **self.send_asset.fields("source_"),
        }


@dataclass(frozen=True, slots=True)
class PathPaymentStrictSend(_PathPayment):
    """Sends an exact amount; at least a minimum must arrive."""

    kind = xdr.OperationType.PATH_PAYMENT_STRICT_SEND
    success = xdr.PathPaymentStrictSendResultSuccess

    def apply(self, context: Context) -> dict[str, Any]:
        """Debits first, converts forwards, credits last."""
        conversions = self._conversions(context)
        if self._is_plain_to_missing(context):
            raise OperationFailed("NO_DESTINATION")
        debit(context, context.source_account, self.send_asset, self.send_amount, prefix="SRC_")
        amount, hops = self.send_amount, list[_Hop]()
        for conversion in conversions:
            hops.append((conversion, amount, conversion.output(amount)))
            amount = hops[-1][2]
        self._convert(context, hops)
        if amount < self.destination_amount:
            raise OperationFailed("UNDER_DESTMIN")
        credit(context.state, self.destination.account_id, self.destination_asset, amount)
        return self._outcome(context, hops, self.send_amount, amount)

    def _is_plain_to_missing(self, context: Context) -> bool:
        # The destination is judged before the source, except that an issuer need not exist to be paid its own asset.
        destination = self.destination.account_id
        return destination != self.destination_asset.issuer and context.state.peek(destination) is None

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """The amount is what really arrived: zero when the transaction failed."""
        received = 0 if result is None else operation_value(result).success.last.amount.int64
        fields = self._describe(sent=self.send_amount, received=received)
        return fields | {"destination_min": format_amount(self.destination_amount)}


@dataclass(frozen=True, slots=True)
class PathPaymentStrictReceive(_PathPayment):
    """Delivers an exact amount; at most a maximum may be spent."""

    kind = xdr.OperationType.PATH_PAYMENT_STRICT_RECEIVE
    success = xdr.PathPaymentStrictReceiveResultSuccess

    def apply(self, context: Context) -> dict[str, Any]:
        """Credits first, converts backwards, debits last."""
        credit(context.state, self.destination.account_id, self.destination_asset, self.destination_amount)
        amount, hops = self.destination_amount, list[_Hop]()
        for conversion in reversed(self._conversions(context)):
            hops.insert(0, (conversion, conversion.input(amount), amount))
            amount = hops[0][1]
        self._convert(context, hops)
        if amount > self.send_amount:
            raise OperationFailed("OVER_SENDMAX")
        debit(context, context.source_account, self.send_asset, amount, prefix="SRC_")
        return self._outcome(context, hops, amount, self.destination_amount)

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """The source amount is what was really spent: zero when the transaction failed."""
        spent = 0
        if result is not None:
            offers = operation_value(result).success.offers
            spent = offers[0].order_book.amount_bought.int64 if offers else self.destination_amount
        fields = self._describe(sent=spent, received=self.destination_amount)
        return fields | {"source_max": format_amount(self.send_amount)}
