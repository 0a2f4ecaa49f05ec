"""The generated codec, by message."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.exchange import Exchange
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch
from constellation.protocol.messages import (
    AccountEvent,
    Acknowledgement,
    Batch,
    LimitOrder,
    Side,
    SignedHeader,
    Submit,
    TimeInForce,
    decode_client_message,
    encode_client_message,
)
from constellation.quanta import batch_effects, signed_batch
from constellation.testing.world import ONE

_BATCH = 100


def codec(quick: bool) -> Iterator[Figure]:
    """Each message as it comes from the wire, or as it is put together once and sent."""
    rounds, loops = (1, 20) if quick else (9, 2_000)

    def cost(call: Callable[[], object], items: int = 1) -> float:
        def one_round() -> float:
            watch = Stopwatch()
            for _ in range(loops // items or 1):
                call()
            return per_item_us(watch.cpu_s, (loops // items or 1) * items)

        return median(one_round() for _ in range(rounds))

    exchange = Exchange(100, signed=True)
    for executed in exchange.fund():
        exchange.seal(executed)
    order = LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
    submit = Submit(1, exchange.request(exchange.traders[0], order))
    frame = encode_client_message(submit)
    sealed = exchange.seal(exchange.trade(_BATCH))
    batch, effects = signed_batch(sealed, bytes(64)), batch_effects(sealed)
    wire = batch.to_xdr()
    event = AccountEvent.from_xdr(sealed.event(0, 0).to_xdr())
    signed_header = SignedHeader(sealed.header, bytes(64))
    answer = encode_client_message(Acknowledgement(signed_header, [event]))
    yield Figure("order with its signature, decoding", cost(lambda: decode_client_message(frame)), "µs")
    yield Figure(
        "order with its signature, encoding",
        cost(lambda: encode_client_message(Submit(1, replace(submit.request)))),
        "µs",
    )
    yield Figure("acknowledgement of one event, decoding", cost(lambda: decode_client_message(answer)), "µs")
    yield Figure(
        "acknowledgement of one event, encoding",
        cost(lambda: encode_client_message(Acknowledgement(signed_header, [event]))),
        "µs",
    )
    yield Figure("batch of 100, decoding, per quantum", cost(lambda: Batch.from_xdr(wire), _BATCH), "µs")
    yield Figure("batch of 100, encoding after it was executed, per quantum", cost(batch.to_xdr, _BATCH), "µs")
    yield Figure(
        "effects of 100 quanta, encoding after they were hashed, per quantum", cost(effects.to_xdr, _BATCH), "µs"
    )
