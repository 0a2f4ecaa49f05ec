"""Payments on a path as :class:`constellation.sdk.Conversion`."""

from decimal import Decimal
from typing import Final

from constellation.protocol.messages import PathPayment
from constellation.sdk.effects import Fill, PaymentSent
from constellation.sdk.markets import Catalogue
from constellation.sdk.orders_of import operation_of
from constellation.sdk.receipts import Receipt
from constellation.sdk.unified import Conversion

_ZERO: Final = Decimal(0)


def conversion_of(catalogue: Catalogue, receipt: Receipt) -> Conversion:
    """What the receipt of a payment on a path says.

    Raises:
        IndexError: an asset or a market is not listed.
    """
    operation = operation_of(receipt)
    assert isinstance(operation, PathPayment)
    first, last = (catalogue.markets[operation.path[place]].name for place in (0, -1))
    fills = [item for item in receipt.effects if isinstance(item, Fill) and item.order_id == receipt.apex]
    given = sum((_given(item) for item in fills if item.market == first), _ZERO)
    bought = sum((_received(item) for item in fills if item.market == last), _ZERO)
    sent = next((item for item in receipt.effects if isinstance(item, PaymentSent)), None)
    return Conversion(
        str(receipt.apex),
        catalogue.asset_names[operation.send_asset],
        given,
        catalogue.asset_names[operation.receive_asset],
        bought if sent is None else sent.amount,
        None if sent is None else sent.destination,
        receipt.timestamp,
        "" if sent is None else sent.memo,
        receipt,
    )


def _given(fill: Fill) -> Decimal:
    return fill.quote_amount if fill.side == "buy" else fill.amount


def _received(fill: Fill) -> Decimal:
    return (fill.amount if fill.side == "buy" else fill.quote_amount) - fill.fee
