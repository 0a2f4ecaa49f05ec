"""The mutual handshake, from both sides and in both roles, with a stranger, a liar or nobody on the other side."""

from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake, ResponderHandshake
from constellation.protocol.messages import Hello, HelloProof, HelloReply, Role
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_message
from fuzzing.past import OTHER_ALPHA, TRADERS, appointed, world


def fuzz(data: bytes) -> None:
    """Raises when a side lets another error out, or takes what it must not."""
    choices = Choices(data)
    known = choices.of([world().terms, appointed()])
    shown = choices.of([world().terms, appointed()])
    responder_key = OTHER_ALPHA if shown.term else world().alpha
    role = choices.of([Role.CLIENT, Role.AUDITOR])
    here, there = (world().constellation, choices.of([world().constellation, bytes(32)]))
    initiator = InitiatorHandshake(TRADERS[0], role, here, known, choices.take(32).ljust(32, b"\0"))
    responder = ResponderHandshake(responder_key, Role.CLIENT, there, shown.appointments, bytes(32))
    first = initiator.hello.to_xdr()
    try:
        hello = Hello.from_xdr(_tampered(choices, initiator.hello.to_xdr(), Hello))
        if choices.flag():
            responder.receive_proof(HelloProof(choices.take(64).ljust(64, b"\0")))
        reply = responder.receive_hello(hello)
        reply = HelloReply.from_xdr(_tampered(choices, reply.to_xdr(), HelloReply))
        proof = _receive(initiator, known, reply)
        if choices.flag():
            responder.receive_hello(hello)
        last = proof.to_xdr()
        proof = HelloProof.from_xdr(_tampered(choices, last, HelloProof))
        assert responder.receive_proof(proof) == hello.key
        assert (hello.to_xdr(), proof.to_xdr()) == (first, last), "somebody proved what was changed on the way"
    except (ProtocolViolation, MalformedMessage):
        return


def _tampered(choices: Choices, message: bytes, kind: type) -> bytes:
    match choices.below(3):
        case 0:
            return message
        case 1:
            return edit_bytes(choices, message, [])
        case _:
            try:
                return bytes(edit_message(choices, kind.from_xdr(message)).to_xdr())  # type: ignore[attr-defined]
            except ValueError:
                return message


def _receive(initiator: InitiatorHandshake, known: Terms, reply: HelloReply) -> HelloProof:
    proof = initiator.receive(reply)
    assert initiator.terms.term >= known.term
    assert initiator.terms.continues(known)
    assert reply.key == initiator.terms.alpha
    return proof
