"""JSON documents that people pass on: settings, appointments, refund plans, balance proofs."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from constellation.protocol.appointments_json import appointments_from_json, appointments_to_json
from constellation.protocol.messages import StateEntryType
from constellation.protocol.settings_json import edited_settings_from_json, settings_from_json, settings_to_json
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.proof_document import read_document, write_document
from constellation.stellarlink.refund_document import first_difference, plan_digest
from constellation.stellarlink.refund_file import read_plan, write_plan
from constellation.stellarlink.refund_model import RefundRefused
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_json
from fuzzing.past import TRADERS, appointed, past, world
from fuzzing.proving import prove
from fuzzing.refund import refund_plan

_TEXT_EDITS = (b"[" * 50_000, b'{"a":' * 50_000, b"\xff", b"NaN", b"1" * 5000, b"\xef\xbb\xbf", b"\\ud800", b"1e999")


def fuzz(data: bytes) -> None:
    """Raises when a reader lets another error out, or takes a changed proof for a proof."""
    choices = Choices(data)
    original, read = choices.of(_readers())
    read(_changed(choices, original))


def _changed(choices: Choices, text: bytes) -> bytes:
    if choices.below(4) == 3:
        place = choices.number(2) % (len(text) + 1)
        text = text[:place] + choices.of(_TEXT_EDITS) + text[place:]
        return edit_bytes(choices, text, [])
    return json.dumps(edit_json(choices, json.loads(text))).encode()


@cache
def _readers() -> list[tuple[bytes, Callable[[bytes], None]]]:
    checkpoint = past().checkpoints[-1]
    settings = json.dumps(settings_to_json(world().settings)).encode()
    appointments = json.dumps(appointments_to_json(world().constellation, appointed().appointments)).encode()
    kinds = (StateEntryType.SETTINGS_ENTRY, StateEntryType.COUNTERS_ENTRY)
    public = [prove(checkpoint, kind, b"") for kind in kinds]
    account = TRADERS[0].address, prove(checkpoint, StateEntryType.ACCOUNT_ENTRY, TRADERS[0].public)
    proof = write_document(world().terms, public[0], public[1], account, {"ledger": 7}).encode()
    return [(settings, _settings), (appointments, _appointments), (proof, _proof), (refund_plan(), _refund_plan)]


def _decoded(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _settings(text: bytes) -> None:
    document = _decoded(text)
    for read in (settings_from_json, edited_settings_from_json):
        try:
            settings = read(document)
        except ValueError:
            continue
        assert settings_from_json(settings_to_json(settings)) == settings
        assert read is edited_settings_from_json or settings.to_xdr() == world().settings.to_xdr()


def _appointments(text: bytes) -> None:
    try:
        found = appointments_from_json(world().constellation, _decoded(text))
    except ValueError:
        return
    document = appointments_to_json(world().constellation, found)
    assert appointments_from_json(world().constellation, json.loads(json.dumps(document))) == found


@cache
def _proven() -> Any:
    return read_document(world().settings, _readers()[2][0])


def _proof(text: bytes) -> None:
    try:
        proof = read_document(world().settings, text)
    except VerificationFailed:
        return
    truth = _proven()
    assert (proof.totals, proof.header_hash, proof.batch) == (truth.totals, truth.header_hash, truth.batch)
    assert proof.account is None or proof.balances == truth.balances or proof.account != truth.account


def _refund_plan(text: bytes) -> None:
    try:
        plan = read_plan(text)
    except RefundRefused:
        return
    again = read_plan(write_plan(plan.document, plan.signatures))
    assert again.signatures == plan.signatures
    assert plan_digest(again.document) == plan_digest(plan.document)
    assert first_difference(plan.document, again.document) is None
