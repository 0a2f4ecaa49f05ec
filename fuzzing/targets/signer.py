"""A signer against a node that somebody has taken over: any bytes, and promises, votes, headers and transactions."""

import logging
from functools import cache
from itertools import count
from typing import Any

from constellation.node.signer_desk import SignerDesk
from constellation.node.signer_record import SignerRecord
from constellation.protocol.messages import (
    BatchHeader,
    GivenSignature,
    MessageToSign,
    Promise,
    TransactionToSign,
    decode_signer_answer,
    decode_signer_question,
    encode_signer_question,
)
from constellation.protocol.signing import Purpose
from constellation.vault.transactions import task_envelope
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes
from fuzzing.files import directory
from fuzzing.past import world
from tests.stellarlink.support import prepared_withdrawal

logging.getLogger("constellation.node").addHandler(logging.NullHandler())

_QUESTIONS_MAX = 24
_NUMBERS = (1, 2, 3, 0, 2**63, 2**64 - 1)
_names = count()


def fuzz(data: bytes) -> None:
    """Raises when an error escapes, or two things are signed for one place, or what a promise forbids."""
    choices, path = Choices(data), directory() / f"{next(_names)}.record"
    key = world().auditors[0]
    record = SignerRecord(path, key.public, world().constellation, create=True)
    desk = SignerDesk(key, world().settings, record, signs_decisions=choices.flag())
    held = _Held()
    try:
        for _ in range(_QUESTIONS_MAX):
            if choices.is_over:
                return
            question = _question(choices)
            if isinstance(decode_signer_answer(desk.answer(question)), GivenSignature):
                held.signed(decode_signer_question(question))
    finally:
        record.close()
        path.unlink()


class _Held:
    """What was signed so far, and must hold."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int, int], bytes] = {}
        self._promised = self._opened = 0

    def signed(self, question: Any) -> None:
        if not isinstance(question, MessageToSign):
            return
        assert question.constellation == world().constellation, "signed for another constellation"
        if question.purpose == Purpose.PROMISE:
            promise = Promise.from_xdr(question.message)
            assert promise.epoch >= self._promised, "an older promise after a newer one"
            self._promised = promise.epoch
        elif question.purpose in (Purpose.HEADER, Purpose.VOTE):
            header = BatchHeader.from_xdr(question.message)
            place = question.purpose, header.epoch, header.number
            assert self._places.setdefault(place, question.message) == question.message, "two for one place"
            if question.purpose == Purpose.VOTE:
                assert header.epoch == self._promised, "a vote in an epoch that is not the promised one"
            else:
                assert header.epoch >= self._opened, "a header of an older epoch"
                self._opened = header.epoch


def _question(choices: Choices) -> bytes:
    kind = choices.below(4)
    if kind == 0:
        question = encode_signer_question(choices.of(_honest()))
        return edit_bytes(choices, question, [encode_signer_question(item) for item in _honest()])
    purpose = choices.of([Purpose.PROMISE, Purpose.VOTE, Purpose.HEADER, *Purpose])
    if kind == 1:
        purpose, xdr = Purpose.PROMISE, _promise(choices).to_xdr()
    elif kind == 2:
        xdr = _header(choices).to_xdr()
    else:
        xdr = choices.piece()
    return encode_signer_question(MessageToSign(purpose, world().constellation, xdr))


def _header(choices: Choices) -> BatchHeader:
    epoch, number = choices.of(_NUMBERS), choices.of(_NUMBERS)
    return BatchHeader(1, epoch, number, 1, 0, 5, bytes([choices.below(2)]) * 32, bytes(32), None)


def _promise(choices: Choices) -> Promise:
    alpha = choices.of([world().alpha.public, bytes(32)])
    return Promise(choices.of(_NUMBERS), alpha, bytes(32), bytes(32), choices.flag(), None, None)


@cache
def _honest() -> list[MessageToSign | TransactionToSign]:
    settings = world().settings
    base = task_envelope(settings, prepared_withdrawal(settings)).signature_base()
    header, promise = _header(Choices(b"")), _promise(Choices(b""))
    return [
        TransactionToSign(base),
        MessageToSign(Purpose.PROMISE, world().constellation, promise.to_xdr()),
        MessageToSign(Purpose.VOTE, world().constellation, header.to_xdr()),
    ]
