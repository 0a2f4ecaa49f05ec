"""Which epoch alpha proposes to whom, and who has promised it.

Every rising is a new epoch; the theory is in :mod:`constellation.herald.promises`. An alpha that lost its disk does not
know which epochs it has opened, but every quorum has an auditor that does: the first proposal to each is for epoch 0,
which nobody opens, and who has promised a later one answers with that promise.
"""

from collections.abc import Mapping

from constellation.herald.link import Link
from constellation.herald.promises import check_promise, may_open
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import EPOCH_JUMP_MAX
from constellation.protocol.messages import Code, EpochProposal, ForgottenVote, SignedPromise
from constellation.protocol.terms import Terms


class Proposals:
    """Gathers promises for one epoch after another, until there are enough.

    Args:
        terms: of which alpha serves the last.
        last_epoch: the last one that alpha knows of.
        links: of the auditors that are connected, by key; they change.

    Attributes:
        epoch: that alpha proposes, or has opened.
        ahead: auditors that have promised a later epoch than the open one and cannot follow it.
    """

    def __init__(self, terms: Terms, last_epoch: int, links: Mapping[bytes, Link]) -> None:
        self._terms = terms
        self._links = links
        self._asked: dict[bytes, None] = {}
        self._promises: dict[bytes, SignedPromise] = {}
        self.ahead: dict[bytes, None] = {}
        self.epoch = max(last_epoch, terms.last_before) + 1

    @property
    def promises(self) -> list[SignedPromise]:
        """With which the epoch is opened, in the order in which they came."""
        return list(self._promises.values())

    @property
    def are_enough(self) -> bool:
        """Whether the epoch may be opened."""
        return may_open(self._terms, self.epoch, self._promises.values())

    def greet(self, link: Link, *, is_waiting: bool) -> None:
        """An auditor has connected: ask how far it is, or propose the epoch.

        Args:
            link: the auditor's.
            is_waiting: the epoch may still be raised.
        """
        if is_waiting and link.auditor not in self._asked:
            link.send(EpochProposal(0))
        else:
            self._propose(link)

    def _propose(self, link: Link) -> None:
        self._asked[link.auditor] = None
        link.send(EpochProposal(self.epoch))

    def begin_again(self) -> None:
        """Ask those who are here for promises of the next epoch."""
        self._forget(self.epoch + 1)
        for link in self._links.values():
            self._propose(link)

    def _forget(self, epoch: int) -> None:
        """No promise for an epoch before this one counts any more."""
        self.epoch = epoch
        self._promises = {}
        for link in self._links.values():
            link.promise = None

    def take(self, auditor: bytes, signed: SignedPromise, *, is_waiting: bool) -> bool:
        """Take what an auditor answers to a proposal; whether it is the promise of this epoch.

        Args:
            auditor: that sent it.
            signed: as it came.
            is_waiting: there are not enough promises yet, so the epoch may still be raised.

        Raises:
            ProtocolViolation: the connection must be closed.
        """
        check_promise(self._terms, signed)
        if signed.auditor != auditor:
            raise ProtocolViolation(Code.UNAUTHORIZED, "an auditor sent another one's promise")
        epoch, asked = signed.promise.epoch, auditor in self._asked
        if epoch > self.epoch or (epoch == self.epoch and is_waiting and not asked):
            if not is_waiting and epoch <= self.epoch + EPOCH_JUMP_MAX:
                self.ahead[auditor] = None
            if not is_waiting or asked or epoch > self.epoch + EPOCH_JUMP_MAX:
                raise ProtocolViolation(Code.WRONG_EPOCH, f"an auditor has promised epoch {epoch}, not {self.epoch}")
            self._raise_after(auditor, epoch)
            return False
        link = self._links[auditor]
        if not asked:
            self._propose(link)
        if not asked or epoch < self.epoch:
            return False
        if link.is_forgetful and link.promise is None and not signed.promise.recovering:
            raise ProtocolViolation(Code.BROKEN_PROMISE, "an auditor was shown what it forgot, and does not recover")
        link.promise = signed
        if is_waiting:
            self._promises[auditor] = signed
        return True

    def refuse(self, link: Link, forgotten: ForgottenVote, *, is_waiting: bool) -> None:
        """The auditor has forgotten what it signed: the promise on its link does not count, and it is shown why."""
        if is_waiting:
            del self._promises[link.auditor]
        link.promise, link.is_forgetful = None, True
        link.send(forgotten)

    def _raise_after(self, auditor: bytes, promised: int) -> None:
        """An auditor has promised this epoch, or a later one, before: propose the one after it."""
        self._asked[auditor] = None
        self._forget(promised + 1)
        for link in self._links.values():
            if link.auditor in self._asked:
                self._propose(link)
