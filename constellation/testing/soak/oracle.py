"""Compares what clients were told with the history that all nodes share, while both grow.

What is compared is forgotten: the memory needed depends on how far the two are apart, not on their length.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from constellation.load.journal import Certified, Entry, Left, Shown, Skipped, Unknown, request_hash
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import EffectGroup
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import Executed, SealedBatch
from constellation.testing.soak.findings import Violation

_DIGEST_BYTES: Final = 32


@dataclass(slots=True)
class _Account:
    """What is known of one account; effects that were compared are forgotten.

    Attributes:
        nonces: of its last request in the history, by signer.
        next_number: of the next effect in the history.
        told: up to this number, the client was told every effect.
        left: up to this number, it must have been told.
        shown: effects that the client was told and the history does not have yet, by the first one's number.
        effects: the other way round.
        ahead: numbers of effects that the client was told before others in front of them.
    """

    nonces: dict[bytes | None, int] = field(default_factory=dict)
    next_number: int = 1
    told: int = 0
    left: int | None = None
    shown: dict[int, Shown] = field(default_factory=dict)
    effects: dict[int, tuple[int, int, int, str]] = field(default_factory=dict)
    ahead: dict[int, int] = field(default_factory=dict)


class Oracle:
    """Takes batches of the history and entries of journals, in any order between the two.

    Args:
        accounts: addresses of those whose journals there are; nobody else uses them.

    Attributes:
        checked: comparisons that held, by oracle.
        unknown_executed: operations of unknown outcome that were executed.
    """

    def __init__(self, accounts: Iterable[str]) -> None:
        self._accounts = {address: _Account() for address in accounts}
        self._digests = bytearray(_DIGEST_BYTES)
        self._acknowledged: dict[str, Shown] = {}
        self._executed: dict[str, int] = {}
        self._unknown: dict[str, None] = {}
        self._certificates: list[Certified] = []
        self.checked: Counter[str] = Counter()
        self.unknown_executed = 0

    @property
    def _last(self) -> int:
        return len(self._digests) // _DIGEST_BYTES - 1

    # The history.

    def take_batch(self, sealed: SealedBatch) -> None:
        """A batch is final on all nodes.

        Raises:
            Violation: it contradicts what a client was told.
        """
        number = sealed.header.number
        assert number == self._last + 1
        self._digests += sealed.digest
        for executed in sealed.executed:
            self._take_request(executed)
            for group in executed.groups:
                self._take_effects(number, executed.leaf.apex, group)
        self._take_certificates(number)

    def _take_request(self, executed: Executed) -> None:
        body, apex = executed.quantum.body, executed.leaf.apex
        if not isinstance(body, Submission):
            return
        account = self._accounts.get(encode_public_key(body.request.account))
        if account is None:
            return
        request = body.request
        if not executed.place and request.nonce <= account.nonces.get(request.signer, 0):
            raise Violation("acknowledged", f"quantum {apex} has a nonce that was used before: executed twice")
        account.nonces[request.signer] = request.nonce
        key = request_hash(body, executed.place)
        acknowledged = self._acknowledged.pop(key, None)
        if acknowledged is not None:
            self._same_apex(acknowledged, apex)
        elif self._unknown.pop(key, True) is None:
            self.unknown_executed += 1
        else:
            self._executed[key] = apex

    def _same_apex(self, acknowledged: Shown, apex: int) -> None:
        if acknowledged.apex != apex:
            raise Violation("acknowledged", f"acknowledged as quantum {acknowledged.apex}, executed as {apex}")
        self.checked["acknowledged"] += 1

    def _take_effects(self, number: int, apex: int, group: EffectGroup) -> None:
        account = self._accounts.get(encode_public_key(group.account))
        if account is None:
            return
        first = group.first_number
        if first != account.next_number:
            raise Violation("effects", f"quantum {apex}: effect {first} follows {account.next_number - 1}")
        account.next_number += len(group.effects)
        found = (account.next_number - 1, apex, number, sha256(group.to_xdr()).hexdigest())
        shown = account.shown.pop(first, None)
        if shown is not None:
            self._same_effects(shown, found)
        elif first > account.told and first not in account.ahead:
            account.effects[first] = found

    def _same_effects(self, shown: Shown, found: tuple[int, int, int, str]) -> None:
        if (shown.last, shown.apex, shown.batch, shown.group) != found:
            raise Violation("effects", f"shown as {shown}, and the history has {found}")
        self._check_digest(shown.batch, shown.header, f"quantum {shown.apex} was acknowledged")
        self.checked["effects"] += 1

    # The journals.

    def take_entry(self, entry: Entry) -> None:
        """A client was told something.

        Raises:
            Violation: it contradicts the history.
        """
        match entry:
            case Shown():
                self._take_shown(entry)
            case Skipped():
                account = self._accounts[entry.account]
                self._tell(account, entry.first, entry.last)
                for first in [first for first in account.effects if entry.first <= first <= entry.last]:
                    del account.effects[first]
            case Unknown():
                if self._executed.pop(entry.request, None) is None:
                    self._unknown[entry.request] = None
                else:
                    self.unknown_executed += 1
            case Certified():
                self._take_certified(entry)
            case Left():
                self._accounts[entry.account].left = entry.last

    def _take_shown(self, shown: Shown) -> None:
        account = self._accounts[shown.account]
        self._tell(account, shown.first, shown.last)
        found = account.effects.pop(shown.first, None)
        if found is not None:
            self._same_effects(shown, found)
        elif shown.batch <= self._last:
            raise Violation("effects", f"{shown} is not in the history")
        else:
            account.shown[shown.first] = shown
        if shown.request:
            apex = self._executed.pop(shown.request, None)
            if apex is not None:
                self._same_apex(shown, apex)
            elif shown.batch <= self._last:
                raise Violation("acknowledged", f"{shown} was acknowledged, and is not in the history once")
            else:
                self._acknowledged[shown.request] = shown

    def _tell(self, account: _Account, first: int, last: int) -> None:
        if first <= account.told or first in account.ahead:
            raise Violation("effects", f"effects {first} to {last} were told twice")
        account.ahead[first] = last
        while (reached := account.ahead.pop(account.told + 1, None)) is not None:
            account.told = reached

    def _take_certified(self, certified: Certified) -> None:
        if certified.signed_batch <= self._last:
            self._check_certificate(certified)
        else:
            self._certificates.append(certified)

    def _take_certificates(self, number: int) -> None:
        for certified in self._certificates:
            if certified.signed_batch <= number:
                self._check_certificate(certified)
        self._certificates = [item for item in self._certificates if item.signed_batch > number]

    def _check_certificate(self, certified: Certified) -> None:
        self._check_digest(certified.batch, certified.header, "a batch was final")
        self._check_digest(certified.signed_batch, certified.signed_header, "a certificate was made")
        self.checked["certificates"] += 1

    def _check_digest(self, number: int, digest: str, what: str) -> None:
        if self._digests[number * _DIGEST_BYTES : (number + 1) * _DIGEST_BYTES].hex() != digest:
            raise Violation("certificates", f"{what} under header {digest} of batch {number}; all nodes have another")

    # The end.

    def finish(self) -> None:
        """Everything must have met.

        Raises:
            Violation: something was told and did not happen, or happened and was not told.
        """
        for shown in self._acknowledged.values():
            raise Violation("acknowledged", f"{shown} was acknowledged, and is not in the final history")
        for apex in self._executed.values():
            raise Violation("acknowledged", f"quantum {apex} was executed, and its client was told otherwise")
        for certified in self._certificates:
            raise Violation("certificates", f"{certified} is not of the final history")
        for address, account in self._accounts.items():
            for shown in account.shown.values():
                raise Violation("effects", f"{shown} was told, and is not in the final history")
            if account.left is None or account.told < account.left:
                raise Violation("effects", f"{address} was told effects up to {account.told}, and has {account.left}")
