"""Signatures, hashes and proofs: what makes and checks that nobody needs to be trusted."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.exchange import Exchange, certificate
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.protocol.merkle import MerkleTree, leaf_hash
from constellation.protocol.messages import AccountEvent, SignedHeader
from constellation.protocol.proofs import check_certificate, check_inclusion, check_signed_header
from constellation.protocol.signing import verify
from constellation.protocol.terms import Terms
from constellation.quanta import SealedBatch

_SIZES = (100, 1_000)


def proofs(quick: bool) -> Iterator[Figure]:
    """One signature and one certificate, then what depends on the size of a batch."""
    rounds = 1 if quick else 9
    exchange = Exchange(100)
    for executed in exchange.fund():
        exchange.seal(executed)
    batches = [exchange.seal(exchange.trade(size)) for size in _SIZES]
    yield from _signatures(exchange, batches[0], rounds)
    for sealed in batches:
        tell(f"a batch of {len(sealed.executed)}")
        yield from _batch(sealed, rounds)


def _signatures(exchange: Exchange, sealed: SealedBatch, rounds: int) -> Iterator[Figure]:
    world = exchange.world
    terms, alpha = Terms(world.settings), world.alpha
    signature, proof = alpha.sign(sealed.digest), certificate(world, sealed)
    header = SignedHeader(sealed.header, signature)
    several = 200 if rounds > 1 else 5
    for name, call in (
        ("checking a signature", partial(verify, alpha.public, sealed.digest, signature)),
        ("signing", partial(alpha.sign, sealed.digest)),
        ("checking a signed header", partial(check_signed_header, terms, header)),
        (f"checking a certificate with {len(proof.signatures)} signatures", partial(check_certificate, terms, proof)),
    ):
        yield Figure(name, _cost_us([call] * several, rounds), "µs")


def _batch(sealed: SealedBatch, rounds: int) -> Iterator[Figure]:
    size = len(sealed.executed)
    leaves = [item.leaf for item in sealed.executed]
    yield Figure(
        f"hashing a batch of {size:,}, per quantum",
        _cost_us([lambda: MerkleTree([leaf_hash(leaf.to_xdr()) for leaf in leaves])], rounds) / size,
        "µs",
    )
    places = range(size)
    making = [partial(sealed.event, place, 0) for place in places]
    yield Figure(f"making an inclusion proof in a batch of {size:,}", _cost_us(making, rounds), "µs")
    events = [AccountEvent.from_xdr(sealed.event(place, 0).to_xdr()) for place in places]
    checking = [partial(check_inclusion, sealed.header, event) for event in events]
    yield Figure(f"checking an inclusion proof in a batch of {size:,}", _cost_us(checking, rounds), "µs")


def _cost_us(calls: Sequence[Callable[[], object]], rounds: int) -> float:
    """Microseconds of CPU of one of the calls: the middle round counts."""

    def one_round() -> float:
        watch = Stopwatch()
        for call in calls:
            call()
        return per_item_us(watch.cpu_s, len(calls))

    return median(one_round() for _ in range(rounds))
