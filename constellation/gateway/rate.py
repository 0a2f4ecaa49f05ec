"""How many requests an account may send: token buckets in integers, with the time given from outside."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code

_TOKEN = 1_000_000  # one request, in millionths, so that a microsecond refills a whole number of units


class _Bucket:
    __slots__ = ("at_us", "units")

    def __init__(self, units: int, at_us: int) -> None:
        self.units = units
        self.at_us = at_us


class RateLimiter:
    """One bucket per account: ``burst`` requests at once, ``requests_per_second`` in the long run.

    A full bucket is the same as none, so full ones are forgotten whenever the number of buckets has doubled.

    Args:
        requests_per_second: how fast a bucket refills.
        burst: how much it holds.
    """

    def __init__(self, requests_per_second: int, burst: int) -> None:
        self.change(requests_per_second, burst)
        self._buckets: dict[bytes, _Bucket] = {}
        self._sweep_at = 1024

    def change(self, requests_per_second: int, burst: int) -> None:
        """Count by other limits from now on; what an account has saved up stays, up to the new burst."""
        self._refill = requests_per_second  # units per microsecond
        self._burst = burst
        self._capacity = burst * _TOKEN

    def take(self, account: bytes, now_us: int, tokens: int = 1) -> bool:
        """Whether ``account`` may send a request now that costs ``tokens``; more than a full bucket costs all of it."""
        bucket = self._buckets.get(account)
        if bucket is None:
            self._sweep(now_us)
            bucket = self._buckets[account] = _Bucket(self._capacity, now_us)
        self._fill(bucket, now_us)
        cost = min(tokens * _TOKEN, self._capacity)
        if bucket.units < cost:
            return False
        bucket.units -= cost
        return True

    def charge(self, account: bytes, now_us: int, tokens: int = 1) -> None:
        """Let ``account`` send a request now that costs ``tokens``.

        Raises:
            Rejection: RATE_LIMITED.
        """
        if not self.take(account, now_us, tokens):
            raise Rejection(Code.RATE_LIMITED, "the account sends more requests than its rate and burst allow")

    def charge_proof(self, account: bytes, now_us: int, tokens: int) -> None:
        """Let ``account`` ask now for a proof that weighs as much as so many requests.

        It costs half of a full bucket at most: a client asks for the settings and their version at once.

        Raises:
            Rejection: RATE_LIMITED.
        """
        self.charge(account, now_us, min(tokens, max(1, self._burst // 2)))

    def charge_request(self, account: bytes, now_us: int, operations: int) -> None:
        """Let ``account`` send a request now, or a batch of them: each operation counts.

        Raises:
            Rejection: RATE_LIMITED; more operations than a full bucket never get through.
        """
        if operations > self._burst:
            raise Rejection(
                Code.RATE_LIMITED, f"a batch of {operations} operations; the account may send {self._burst} at once"
            )
        self.charge(account, now_us, max(operations, 1))

    def _fill(self, bucket: _Bucket, now_us: int) -> None:
        earned = max(0, now_us - bucket.at_us) * self._refill
        bucket.units = min(self._capacity, bucket.units + earned)
        # A clock that was set back must not stop the refill until it has caught up.
        bucket.at_us = now_us

    def _sweep(self, now_us: int) -> None:
        if len(self._buckets) < self._sweep_at:
            return
        for account, bucket in list(self._buckets.items()):
            self._fill(bucket, now_us)
            if bucket.units == self._capacity:
                del self._buckets[account]
        self._sweep_at = max(1024, 2 * len(self._buckets))
