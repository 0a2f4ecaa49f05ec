"""What an alpha tells a client that has its own keys and nothing to lose: honest answers, changed and signed again."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from constellation.protocol.handshake import ResponderHandshake
from constellation.protocol.leaves import Submission, leaf_bodies
from constellation.protocol.merkle import MerkleTree, leaf_hash
from constellation.protocol.messages import (
    AccountSnapshot,
    Acknowledgement,
    BookLevel,
    BookSnapshot,
    ClientMessage,
    Closing,
    Code,
    EffectGroup,
    Finality,
    Hello,
    MerkleProof,
    Proposals,
    QuantumLeaf,
    Rejected,
    Resumed,
    Role,
    StateEntryType,
    Submit,
    SubmitBatch,
    Welcome,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta import SealedBatch, Tip, replay
from constellation.testing.world import START_US
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_message, forget_encodings, places
from fuzzing.past import TRADERS, past, resign, world
from fuzzing.proving import prove

CLIENT = TRADERS[0]


def reply(hello: Hello) -> bytes:
    """Alpha's honest answer to a client's first message."""
    handshake = ResponderHandshake(world().alpha, Role.CLIENT, world().constellation, (), bytes(32))
    return encode_client_message(handshake.receive_hello(hello))


def welcome() -> bytes:
    """What follows the client's proof."""
    settings, state = world().settings, past().machine.state
    return encode_client_message(Welcome(settings, 0, 2, state.apex, START_US, 100, 100, state.mode))


@cache
def _sealed() -> list[SealedBatch]:
    machine, tip, found = world().machine(), Tip.genesis(world().settings), []
    for batch in past().batches:
        found.append(replay(machine, tip, batch))
        tip = found[-1].tip
    return found


@cache
def truth() -> list[bytes]:
    """Everything that alpha ever has to tell to this client, encoded; the first is its account."""
    history, state = past(), past().machine.state
    checkpoint = history.checkpoints[-1]
    entry = prove(checkpoint, StateEntryType.ACCOUNT_ENTRY, CLIENT.public).entry
    found: list[ClientMessage] = [AccountSnapshot(1, state.apex, entry, [], [], [], [])]  # type: ignore[arg-type]
    for batch, sealed in zip(history.batches, _sealed(), strict=True):
        events = [
            sealed.event(place, number)
            for place, executed in enumerate(sealed.executed)
            for number, group in enumerate(executed.groups)
            if group.account == CLIENT.public
        ]
        if events:
            found.append(Acknowledgement(batch.signed_header, events))
    found += [Finality(certificate, []) for certificate in history.certificates.values()]
    kinds = [(StateEntryType.SETTINGS_ENTRY, b""), (StateEntryType.COUNTERS_ENTRY, b"")]
    found += [
        prove(checkpoint, kind, name, 1) for kind, name in [*kinds, (StateEntryType.ACCOUNT_ENTRY, CLIENT.public)]
    ]
    found += [
        BookSnapshot(1, 1, 0, [BookLevel(1, 1, 1)], [BookLevel(2, 1, 1)]),
        Resumed(1, 5, False),
        Rejected(1, Code.OVERLOADED, "wait"),
        Rejected(1, Code.PRUNED, "gone"),
        Proposals(1, past().machine.state.settings_version, []),
        Closing(Code.MOVED, "ws://localhost:1"),
        decode_client_message(welcome()),
    ]
    return [encode_client_message(message) for message in found]


def message(choices: Choices, asked: Sequence[Any]) -> bytes | None:
    """The next frame; None when what was chosen has no encoding.

    Args:
        choices: which, and what is changed in it.
        asked: what the client has sent.
    """
    data = choices.of(truth())
    if choices.below(8) == 7:
        return edit_bytes(choices, data, truth())
    try:
        found = decode_client_message(data)
        if choices.flag():
            edit_message(choices, found, [decode_client_message(choices.of(truth()))])
        encode_client_message(found)
        _address(choices, found, asked)
        if isinstance(found, Acknowledgement) and choices.flag():
            _put_under_header(found, asked, choices)
        if choices.flag():
            found = resign(found, world().auditors[0])
        return encode_client_message(found)
    except (MalformedMessage, UnencodableMessage):
        return None


def _address(choices: Choices, found: Any, asked: Sequence[Any]) -> None:
    """Answer one of the client's questions."""
    numbers = [item.request_id for item in asked if hasattr(item, "request_id")]
    if numbers and choices.below(4):
        for place in list(places(found)):
            if place.key == "request_id":
                place.put(choices.of(numbers))


def _put_under_header(found: Acknowledgement, asked: Sequence[Any], choices: Choices) -> None:
    """Make the proofs of all events fit, whatever they say."""
    signed: list[Submission] = [item.request for item in asked if isinstance(item, Submit)]
    signed += [item.batch for item in asked if isinstance(item, SubmitBatch)]
    bodies = [body for item in signed for body in leaf_bodies(item)]
    header = found.signed_header.header
    header.number = choices.number()  # a second header for a number would end the conversation
    header.first_apex = found.events[0].leaf.apex if found.events else header.first_apex
    for place, event in enumerate(found.events):
        first, effects = event.group.first_number, event.group.effects
        if choices.flag():
            first = choices.of([1, 2, 3, 4, 5, 0, 2**64 - 1, 2**63, first])
            effects = effects[: choices.of([0, 1, 2, 100])]
        apex = (header.first_apex + place) % 2**64
        event.group = EffectGroup(event.group.account, apex, first, effects)
        body = choices.of(bodies) if bodies and choices.flag() else event.leaf.body
        event.leaf = QuantumLeaf(apex, event.leaf.timestamp, body, leaf_hash(event.group.to_xdr()))
        event.group_proof = MerkleProof(0, 1, [])
    header.last_apex = (header.first_apex + len(found.events) - 1) % 2**64
    tree = MerkleTree([leaf_hash(event.leaf.to_xdr()) for event in found.events])
    for place, event in enumerate(found.events):
        event.leaf_proof = tree.prove(place)
    header.quanta_root = tree.root
    forget_encodings(found)
