"""Which certificate makes which batches final, when not every batch has one of its own."""

from collections.abc import Iterable, Iterator, Sequence

from constellation.protocol.messages import MAX_ANCESTORS, BatchHeader, Certificate


def cover(
    headers: Sequence[BatchHeader], certificates: Iterable[Certificate]
) -> Iterator[tuple[Certificate, list[BatchHeader]]]:
    """Pair each certificate with the batches before it that have none of their own.

    After a restart that is the rule, not the exception: what was acknowledged in an epoch without becoming final is
    covered by the first certificate of a later one.

    Args:
        headers: of consecutive batches.
        certificates: ascending; the last one may be of the batch after the last header.

    Yields:
        A certificate and the headers that only it covers, oldest first, as many as one message may carry.
    """
    place = 0
    for certificate in certificates:
        start = place
        while place < len(headers) and headers[place].number < certificate.header.number:
            place += 1
        yield certificate, list(headers[start:place][-MAX_ANCESTORS:])
        if place < len(headers) and headers[place].number == certificate.header.number:
            place += 1
