"""Transactions of the ledger as Horizon shows them: their XDR is decoded, and what they mean is told or refused."""

from base64 import b64decode, b64encode
from dataclasses import replace
from functools import cache

from stellar_sdk import xdr

from constellation.protocol.messages import LedgerReport
from constellation.protocol.xdr import UnencodableMessage
from constellation.stellarlink import TransactionReader
from constellation.stellarlink.errors import UndecodableTransaction
from constellation.stellarlink.network import TransactionRecord
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes
from tests.stellarlink.golden_operations import GOLDEN, SETTINGS
from tests.stellarlink.support import bumped_record, record

_READER = TransactionReader(SETTINGS)


@cache
def _records() -> list[TransactionRecord]:
    found = []
    for golden in (golden for group in GOLDEN.values() for golden in group):
        operations, outcomes = zip(*golden.operations, strict=True)
        found.append(record(operations, outcomes, source=golden.source, memo=golden.memo))
        found.append(bumped_record(operations, outcomes, source=golden.source, memo=golden.memo)[0])
    return found


@cache
def _xdr() -> tuple[list[bytes], list[bytes]]:
    envelopes = [b64decode(item.envelope_xdr) for item in _records()]
    return envelopes, [b64decode(item.result_xdr) for item in _records()]


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, or the events have no place in a report."""
    choices = Choices(data)
    given, (envelopes, results) = choices.of(_records()), _xdr()
    if choices.flag():
        result = edit_bytes(choices, b64decode(given.result_xdr), results)
        given = replace(given, result_xdr=_text(choices, result))
    if choices.flag():
        envelope = edit_bytes(choices, b64decode(given.envelope_xdr), envelopes)
        given = replace(given, envelope_xdr=_text(choices, envelope), hash=_hash(envelope))
    if choices.flag():
        given = replace(given, successful=not given.successful)
    try:
        events = _READER.events(given)
    except UndecodableTransaction:
        return
    try:
        LedgerReport(0, given.toid | 0xFFFF_FFFF, 1, events).to_xdr()
    except UnencodableMessage as error:
        assert error.reason == "length over maximum", error


def _hash(envelope: bytes) -> str:
    """What Horizon would show, so that the reader looks further than the hash."""
    try:
        return _READER._unwrap(xdr.TransactionEnvelope.from_xdr_bytes(envelope)).shown.hex()
    except Exception:
        return ""


def _text(choices: Choices, data: bytes) -> str:
    text = b64encode(data).decode()
    return text if choices.below(8) else text + choices.piece().decode("latin-1")
