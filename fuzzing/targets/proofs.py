"""What a client checks in order to trust nobody: nothing that was not so is ever proven."""

from functools import cache
from typing import Any

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    AccountEvent,
    Certificate,
    Finality,
    SignedAppointment,
    SignedHeader,
    StateEntryType,
    StateProof,
    decode_state_entry,
    encode_state_entry,
)
from constellation.protocol.proofs import check_certificate, check_finality, check_inclusion, check_signed_header
from constellation.protocol.signing import header_hash
from constellation.protocol.state_proofs import check_entry, entry_key
from constellation.protocol.terms import check_appointments
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import Tip, replay
from fuzzing.choices import Choices
from fuzzing.edits import edited
from fuzzing.past import appointed, past, world
from fuzzing.proving import prove


def fuzz(data: bytes) -> None:
    """Raises when a check lets another error out, or holds for something that has not happened."""
    choices = Choices(data)
    check = choices.of([_finality, _certificate, _header, _inclusion, _entry, _appointments])
    try:
        check(choices)
    except (VerificationError, MalformedMessage):
        return


@cache
def _digests() -> dict[int, bytes]:
    headers = [batch.signed_header.header for batch in past().batches]
    return {header.number: header_hash(world().constellation, header) for header in headers}


def _taken(choices: Choices, kind: Any, pool: list[Any]) -> Any:
    encoded = [item.to_xdr() for item in pool]
    return kind.from_xdr(edited(choices, encoded, kind.from_xdr, kind.to_xdr))


def _finality(choices: Choices) -> None:
    pool = [
        past().snapshot(number, choices.of([None, past().last_certified])).finality for number in past().checkpoints
    ]
    finality = _taken(choices, Finality, pool)
    for number, digest in check_finality(world().terms, finality).items():
        assert _digests()[number] == digest


def _certificate(choices: Choices) -> None:
    certificate = _taken(choices, Certificate, list(past().certificates.values()))
    assert check_certificate(world().terms, certificate) == _digests()[certificate.header.number]


def _header(choices: Choices) -> None:
    signed = _taken(choices, SignedHeader, [batch.signed_header for batch in past().batches])
    assert check_signed_header(world().terms, signed) == _digests()[signed.header.number]


@cache
def _events() -> list[tuple[int, AccountEvent]]:
    machine, tip, found = world().machine(), Tip.genesis(world().settings), []
    for batch in past().batches:
        sealed = replay(machine, tip, batch)
        tip = sealed.tip
        for place, executed in enumerate(sealed.executed):
            found += [(tip.number, sealed.event(place, number)) for number in range(len(executed.groups))]
    return found


def _inclusion(choices: Choices) -> None:
    number = choices.of(range(1, len(past().batches) + 1))
    event = _taken(choices, AccountEvent, [event for _, event in _events()])
    check_inclusion(past().header(number), event)
    known = [(item.leaf, item.group) for batch, item in _events() if batch == number]
    assert (event.leaf, event.group) in known


def _entry(choices: Choices) -> None:
    number = choices.of(past().checkpoints)
    proofs = [prove(number, kind, identity) for kind, identity in _asked()]
    kind, identity = choices.of(_asked())
    proof = _taken(choices, StateProof, proofs)
    found = check_entry(world().terms, entry_key(kind, identity), proof)
    assert _digests()[found.header.number] == found.digest
    truth = prove(found.header.number, kind, identity).entry
    assert (found.entry is None) == (truth is None)
    if found.entry is not None and truth is not None:
        assert encode_state_entry(found.entry) == encode_state_entry(truth)
        assert decode_state_entry(encode_state_entry(truth)) == truth


@cache
def _asked() -> list[tuple[StateEntryType, bytes]]:
    accounts = [(StateEntryType.ACCOUNT_ENTRY, key.public) for key in [*world().auditors[:1], world().fee_account]]
    traders = [(StateEntryType.ACCOUNT_ENTRY, key) for key in sorted(_accounts())[:3]]
    return [(StateEntryType.SETTINGS_ENTRY, b""), (StateEntryType.COUNTERS_ENTRY, b""), *accounts, *traders]


def _accounts() -> set[bytes]:
    return {event.group.account for _, event in _events()}


def _appointments(choices: Choices) -> None:
    signed = _taken(choices, SignedAppointment, list(appointed().appointments))
    terms = check_appointments(world().settings, [signed])
    assert terms.appointments[0].appointment == appointed().appointments[0].appointment
