"""When an auditor may sign again whose log is new, or an old copy (:mod:`constellation.herald.rollback`).

It is **recovering**: it may have signed what it does not know any more, in any epoch up to one that a quorum has opened
elsewhere. It follows, but its promises do not count (:mod:`constellation.herald.promises`), until others show that they
have not gone on without it: until there is a certificate

- for a batch that alpha made after this log was created, or got its new name: after the base, where the epoch was
  opened with a promise of this log, otherwise after everything that alpha had when the stream began (alpha makes an
  empty batch for that); and
- with the votes of a quorum of *others*, or of everybody.

Why that is enough. Whoever voted for such a batch in this epoch had promised no later one by then. A later epoch that
this auditor has forgotten was opened with the promises of a quorum, and one of those would be among the voters. So
there was none; and of this epoch and all before it, the certificate's batch has everything that was ever certified,
because alpha relays one chain. An alpha that was replaced and does not know it, or that waits with old promises in its
hands, gets no such certificate.

It does not vote either, with one exception: an epoch that was opened with the promises of all auditors because fewer
than a quorum remember. There alpha counts the votes of those who recover only when everybody has voted.

An alpha that lies to an auditor that has just lost its disk can make it count like one that colludes.
"""

from constellation.herald.opened_epoch import OpenedEpoch
from constellation.protocol.messages import Certificate
from constellation.protocol.quorum import Members, quorum_of


class Recovery:
    """Whether an auditor is recovering, and what it still needs.

    Args:
        auditor: its key.
        log: its log's own random name.
        is_recovering: as the log says.

    Attributes:
        is_recovering: its promises do not count yet.
    """

    def __init__(self, auditor: bytes, log: bytes, *, is_recovering: bool) -> None:
        self._auditor = auditor
        self._log = log
        self.is_recovering = is_recovering
        self._after: int | None = None
        self._votes_with_all = False

    def stream_starts(self, members: Members, opened: OpenedEpoch, alpha_tip: int) -> None:
        """Alpha starts a stream in an open epoch and says that it has relayed up to batch ``alpha_tip``."""
        is_own = opened.has_promise(self._auditor, self._log)
        self._after = opened.base_number if is_own else max(opened.base_number, alpha_tip)
        self._votes_with_all = is_own and not opened.is_remembered(members)

    @property
    def may_vote(self) -> bool:
        """Whether it may vote in the open epoch."""
        return not self.is_recovering or self._votes_with_all

    def finish(self, members: Members, certificate: Certificate | None) -> bool:
        """Whether a recovering auditor has everything, with the highest certificate; said only once for a stream."""
        if not self.is_recovering or certificate is None or self._after is None:
            return False
        if certificate.header.number <= self._after or not self._is_confirmed(members, certificate):
            return False
        self._after = None
        return True

    def _is_confirmed(self, members: Members, certificate: Certificate) -> bool:
        signers = [item.auditor for item in certificate.signatures]
        others = sum(signer != self._auditor for signer in signers)
        return others >= quorum_of(members) or len(signers) == len(members.auditors)
