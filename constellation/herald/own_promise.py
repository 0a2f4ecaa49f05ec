"""An auditor's own word: the last epoch that it has promised."""

from constellation.herald.own_chain import OwnChain
from constellation.herald.promises import sign_promise
from constellation.protocol.errors import ProtocolViolation, VerificationError
from constellation.protocol.messages import Code, Promise, SignedPromise
from constellation.protocol.signing import Signer, SignerUnavailable
from constellation.protocol.terms import Terms


class OwnPromise:
    """The last promise of an auditor; only a promise for the same or a later epoch takes its place.

    Args:
        signer: the auditor's.
        log: its log's own random name.
        last: the promise in the log.

    Attributes:
        log: the name that promises carry.
    """

    def __init__(self, signer: Signer, log: bytes, last: SignedPromise | None) -> None:
        self._signer = signer
        self.log = log
        self._last = last

    @property
    def epoch(self) -> int:
        """The last epoch promised."""
        return 0 if self._last is None else self._last.promise.epoch

    def later_than(self, epoch: int) -> SignedPromise | None:
        """The last promise, if it forbids to promise ``epoch``."""
        return self._last if self.epoch > epoch else None

    def give(self, terms: Terms, epoch: int, chain: OwnChain, *, is_recovering: bool) -> SignedPromise:
        """Promise ``epoch``, which is not before the last one, with what is stored.

        Raises:
            ProtocolViolation: WRONG_EPOCH: of an earlier term, or of one that is not known here. Within its term alpha
                may choose: one that uses the term up can be replaced. NOT_READY: the key cannot be reached.
        """
        if 0 < epoch <= terms.last_before:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"epoch {epoch} is of an earlier term than {terms.term}")
        try:
            alpha, appointments = terms.alpha_of(epoch), terms.appointments_hash(epoch)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        promise = Promise(epoch, alpha, appointments, self.log, is_recovering, chain.stored_header, chain.certificate)
        try:
            self._last = sign_promise(terms.settings, self._signer, promise)
        except SignerUnavailable as error:
            raise ProtocolViolation(Code.NOT_READY, f"this auditor cannot promise now: {error}") from None
        return self._last
