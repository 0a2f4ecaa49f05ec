"""Operations signed one by one or together, and those that were not answered."""

from collections.abc import Sequence

from constellation.protocol.messages import SignedRequest, SignedRequestBatch
from constellation.sdk.auditors import AuditorAnswer, hand_to_auditors
from constellation.sdk.batch import BatchOperation, translate, translate_batch
from constellation.sdk.client_verbs.base import ClientBase
from constellation.sdk.errors import InvalidRequest, OutcomeUnknown
from constellation.sdk.receipts import Receipt


class RequestVerbs(ClientBase):
    """Operations signed one by one or together, and those that were not answered."""

    async def submit(self, operation: BatchOperation) -> Receipt:
        """Sign one payment, order or cancel, given as for a batch, as a request of its own.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(translate(self._catalogue, operation))

    async def submit_batch(
        self, operations: Sequence[BatchOperation], *, all_or_nothing: bool = False
    ) -> tuple[Receipt, ...]:
        """Sign once for up to 100 payments, orders and cancels, which are executed one after the other, at once.

        It costs alpha much less than so many requests, and counts as so many of the account's rate. An operation that
        breaks a rule is answered with a receipt whose ``refusal`` says why, and the others are executed.

        Args:
            operations: :class:`Pay`, :class:`Order`, :class:`Cancel` and :class:`CancelAll`, in the order of execution.
            all_or_nothing: if one operation breaks a rule, none is executed, and the refusal is raised.

        Returns:
            A receipt for each operation, each with its own apex, effects and proof.

        Raises:
            InvalidRequest: there are none, more than 100, or one has wrong arguments; nothing was sent.
            ExchangeError: the batch was refused: nothing happened.
            OutcomeUnknown: ``retry_batch()`` sends the same signed bytes again.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        translated = translate_batch(self._catalogue, operations)
        return await self._connection.submit(
            lambda session: session.submit_batch(translated, all_or_nothing=all_or_nothing)
        )

    async def resend(self, request: SignedRequest) -> Receipt:
        """Send signed bytes again whose outcome is unknown, also those of an earlier process.

        Raises:
            SdkError: as the first time.
        """
        (receipt,) = await self._connection.submit(lambda session: session.resend(request))
        return receipt

    async def resend_batch(self, batch: SignedRequestBatch) -> tuple[Receipt, ...]:
        """The same for a batch of requests: one receipt for each operation.

        Raises:
            SdkError: as the first time.
        """
        return await self._connection.submit(lambda session: session.resend(batch))

    async def ask_auditors(self, request: SignedRequest | OutcomeUnknown) -> tuple[AuditorAnswer, ...]:
        """Hand a request whose outcome is unknown to the auditors of ``auditor_urls``, who pass it on to alpha.

        It needs no connection to alpha, and is always safe: the same bytes are executed at most once. What became of
        the request then, ``retry()`` or :meth:`resend` tell; an auditor that took it shows at its ``/status`` whether
        it still waits. A request that alpha never orders expires, and is counted there.

        Args:
            request: signed bytes, also those of an earlier process; or the error that holds them.

        Returns:
            what each auditor said, in the order of ``auditor_urls``; nobody's word is more than that.

        Raises:
            InvalidRequest: there are no ``auditor_urls``, or it is a batch, which auditors do not pass on.
        """
        if not self._auditor_urls:
            raise InvalidRequest("ClientOptions.auditor_urls says where auditors are; there are none")
        signed = request.request if isinstance(request, OutcomeUnknown) else request
        if not isinstance(signed, SignedRequest):
            raise InvalidRequest("auditors pass on single requests alone, no batches")
        return await hand_to_auditors(signed, self._auditor_urls)
