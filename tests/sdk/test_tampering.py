"""Whatever one changes in what alpha sends is noticed and named."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.amounts import ONE
from constellation.protocol.merkle import leaf_hash, merkle_root
from constellation.protocol.messages import (
    AccountEvent,
    AccountSnapshot,
    Acknowledgement,
    BookSnapshot,
    Certificate,
    ClientMessage,
    Finality,
    MerkleProof,
    Payment,
    Proposals,
    QuantumLeaf,
    SignedHeader,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import header_hash
from constellation.sdk.errors import ConnectionClosed, InvalidRequest, VerificationFailed
from constellation.sdk.outputs import Answered
from constellation.sdk.verifier import check_final
from tests.gateway.harness import ALPHA, ANNA, BERT, XLM, Alpha, Pipe

Change = Callable[[Acknowledgement], Acknowledgement]


def flip(data: bytes, place: int = 0) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def prepared() -> Pipe:
    """A client that waits for the answer to its payment, the second quantum of three in a batch."""
    alpha = Alpha().fund(ANNA, BERT)
    pipe = Pipe(alpha).connect()
    pipe.take()
    alpha.deposit(BERT, XLM, ONE)
    pipe.client.submit(Payment(BERT.public, XLM, ONE))
    pipe.pump()
    alpha.deposit(BERT, XLM, ONE)
    return pipe


def on_event(change: Callable[[AccountEvent], AccountEvent]) -> Change:
    return lambda message: Acknowledgement(message.signed_header, [change(event) for event in message.events])


def on_header(**changes: object) -> Change:
    def change(message: Acknowledgement) -> Acknowledgement:
        signed = message.signed_header
        return Acknowledgement(
            SignedHeader(replace(signed.header, **changes), signed.alpha_signature),  # type: ignore[arg-type]
            message.events,
        )

    return change


def broken_path(proof: MerkleProof) -> MerkleProof:
    return replace(proof, path=[flip(proof.path[0]), *proof.path[1:]])


ACKNOWLEDGEMENTS: dict[str, tuple[Change, str]] = {
    "alpha's signature": (
        lambda message: Acknowledgement(
            replace(message.signed_header, alpha_signature=flip(message.signed_header.alpha_signature)), message.events
        ),
        "header: alpha's signature",
    ),
    "header number": (on_header(number=99), "header: alpha's signature"),
    "header root": (on_header(quanta_root=bytes(32)), "header: alpha's signature"),
    "header time": (on_header(timestamp=1), "header: alpha's signature"),
    "effect amount": (
        on_event(lambda event: replace(event, group=replace(event.group, effects=event.group.effects[:-1]))),
        "inclusion proof: the inclusion proof of the effects",
    ),
    "effect numbers": (
        on_event(lambda event: replace(event, group=replace(event.group, first_number=1))),
        "inclusion proof: the inclusion proof of the effects",
    ),
    "effects of another quantum": (
        on_event(lambda event: replace(event, group=replace(event.group, apex=1))),
        "inclusion proof: effects of quantum 1 were shown for",
    ),
    "another account": (
        on_event(lambda event: replace(event, group=replace(event.group, account=BERT.public))),
        "account: effects of another account",
    ),
    "group proof": (
        on_event(lambda event: replace(event, group_proof=broken_path(event.group_proof))),
        "inclusion proof: the inclusion proof of the effects",
    ),
    "leaf proof": (
        on_event(lambda event: replace(event, leaf_proof=broken_path(event.leaf_proof))),
        "inclusion proof: the inclusion proof of quantum",
    ),
    "place": (
        on_event(lambda event: replace(event, leaf_proof=replace(event.leaf_proof, index=0))),
        "inclusion proof: the inclusion proof is not for the place",
    ),
    "request": (
        on_event(lambda event: replace(event, leaf=replace(event.leaf, body=bytes(32)))),
        "inclusion proof: the inclusion proof of quantum",
    ),
    "time": (
        on_event(lambda event: replace(event, leaf=replace(event.leaf, timestamp=5))),
        "inclusion proof: the inclusion proof of quantum",
    ),
}


def deliver(pipe: Pipe, change: Callable[[ClientMessage], ClientMessage]) -> None:
    pipe.pump(lambda data: encode_client_message(change(decode_client_message(data))))


@pytest.mark.parametrize("name", ACKNOWLEDGEMENTS)
def test_changed_acknowledgement_is_named(name: str) -> None:
    change, expected = ACKNOWLEDGEMENTS[name]
    pipe = prepared()
    pipe.alpha.acknowledge()
    with pytest.raises(VerificationFailed) as error:
        deliver(pipe, lambda message: change(message) if isinstance(message, Acknowledgement) else message)
    assert str(error.value).startswith(expected)
    assert pipe.outputs == []


def forge(pipe: Pipe, body: bytes, timestamp: int) -> Change:
    """What an alpha sends that lies with its own signature: another request, or another time."""

    def change(message: Acknowledgement) -> Acknowledgement:
        (event,) = message.events
        group_hash = leaf_hash(event.group.to_xdr())
        leaf = QuantumLeaf(event.leaf.apex, timestamp, body or event.leaf.body, merkle_root([group_hash]))
        header = replace(
            message.signed_header.header,
            first_apex=leaf.apex,
            last_apex=leaf.apex,
            quanta_root=leaf_hash(leaf.to_xdr()),
        )
        proof = MerkleProof(0, 1, [])
        signature = ALPHA.sign(header_hash(pipe.alpha.constellation, header))
        return Acknowledgement(
            SignedHeader(header, signature), [AccountEvent(event.request_id, leaf, event.group, proof, proof)]
        )

    return change


@pytest.mark.parametrize(
    ("body", "delay_us", "expected"),
    [
        (bytes(32), 0, "request: quantum 8 carries another request"),
        (b"", 1, "timestamp: quantum 8 is later than the end of its batch"),
    ],
)
def test_alpha_that_lies_with_its_own_signature_is_caught(body: bytes, delay_us: int, expected: str) -> None:
    pipe = prepared()
    change = forge(pipe, body, pipe.alpha.now_us + delay_us)
    pipe.alpha.acknowledge()
    with pytest.raises(VerificationFailed) as error:
        deliver(pipe, lambda message: change(message) if isinstance(message, Acknowledgement) else message)
    assert str(error.value).startswith(expected)


def renumbered(pipe: Pipe, first: int, effects: int) -> Change:
    """What an alpha sends that signs other effects, under other numbers, for the quantum that it answers."""

    def change(message: Acknowledgement) -> Acknowledgement:
        (event,) = message.events
        group = replace(event.group, first_number=first, effects=event.group.effects[:effects])
        forged = replace(message, events=[replace(event, group=group)])
        return forge(pipe, b"", event.leaf.timestamp)(forged)

    return change


@pytest.mark.parametrize(("first", "effects"), [(0, 1), (0, 0), (1, 0), (7, 0), (2**64 - 1, 2)])
def test_effects_without_possible_numbers_are_caught(first: int, effects: int) -> None:
    """A quantum without effects made the client go round in circles; a number 0 could not be asked for again."""
    pipe = prepared()
    change = renumbered(pipe, first, effects)
    pipe.alpha.acknowledge()
    with pytest.raises(VerificationFailed, match=f"events: quantum 8 shows {effects} effects from number {first} on"):
        deliver(pipe, lambda message: change(message) if isinstance(message, Acknowledgement) else message)


ANSWERS: list[ClientMessage] = [
    AccountSnapshot(0, 1, None, [], [], [], []),
    BookSnapshot(0, 0, 1, [], []),
    Proposals(0, 0, []),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("question", ["account", "book", "proposals", "payment"])
def test_an_answer_to_another_question_is_caught(question: str, answer: ClientMessage) -> None:
    pipe = Pipe(Alpha().fund(ANNA, BERT)).connect()
    pipe.take()
    request_id = {
        "account": pipe.client.query_account,
        "book": lambda: pipe.client.query_book(0, 5),
        "proposals": pipe.client.query_proposals,
        "payment": lambda: pipe.client.submit(Payment(BERT.public, XLM, ONE)),
    }[question]()
    data = encode_client_message(replace(answer, request_id=request_id))  # type: ignore[type-var]
    fits = {"account": AccountSnapshot, "book": BookSnapshot, "proposals": Proposals}.get(question)
    if isinstance(answer, fits or ()):
        assert [type(output) for output in pipe.client.receive_data(data)] == [Answered]
        return
    with pytest.raises(VerificationFailed, match=f"{type(answer).__name__} answers"):
        pipe.client.receive_data(data)


@pytest.mark.parametrize("timestamp", [2**63 - 1, 2**63 - 10_000_000])
def test_an_impossible_clock_of_alpha_is_an_error_of_the_sdk(timestamp: int) -> None:
    alpha = Alpha().fund(ANNA)
    alpha.now_us = timestamp
    pipe = Pipe(alpha)
    pipe.client._clock_us = lambda: 0  # type: ignore[method-assign]
    pipe.connect()
    with pytest.raises(InvalidRequest, match=r"Request\.valid_until: integer out of range"):
        pipe.client.submit(Payment(BERT.public, XLM, ONE))


def test_execution_after_the_request_expired_is_caught() -> None:
    pipe = prepared()
    late = pipe.alpha.now_us + 31_000_000
    lie = forge(pipe, b"", late)

    def change(message: Acknowledgement) -> Acknowledgement:
        signed = message.signed_header
        return lie(Acknowledgement(replace(signed, header=replace(signed.header, timestamp=late)), message.events))

    pipe.alpha.acknowledge()
    with pytest.raises(VerificationFailed, match="timestamp: quantum 8 was executed after the request had expired"):
        deliver(pipe, lambda message: change(message) if isinstance(message, Acknowledgement) else message)


def test_two_headers_for_one_batch_are_caught() -> None:
    pipe = prepared()
    pipe.alpha.acknowledge()
    pipe.pump()
    sealed, _ = pipe.alpha.sealed[-1]
    other = replace(sealed.header, state_root=bytes(32))
    signed = SignedHeader(other, ALPHA.sign(header_hash(pipe.alpha.constellation, other)))
    with pytest.raises(VerificationFailed, match="history: alpha signed two different headers for batch 2 of epoch 1"):
        pipe.client.receive_data(encode_client_message(Acknowledgement(signed, [])))


def certificates(certificate: Certificate) -> dict[str, tuple[Certificate, str]]:
    first, second = certificate.signatures
    return {
        "signature": (
            replace(certificate, signatures=[first, replace(second, signature=flip(second.signature))]),
            "the signature of auditor",
        ),
        "auditor": (
            replace(certificate, signatures=[first, replace(second, auditor=BERT.public)]),
            "is not an auditor",
        ),
        "twice": (replace(certificate, signatures=[first, first]), "is counted twice"),
        "too few": (replace(certificate, signatures=[first]), "1 auditors signed, a quorum is 2"),
        "none": (replace(certificate, signatures=[]), "0 auditors signed, a quorum is 2"),
        "header": (
            replace(certificate, header=replace(certificate.header, quanta_root=bytes(32))),
            "the signature of auditor",
        ),
    }


@pytest.mark.parametrize("name", ["signature", "auditor", "twice", "too few", "none", "header"])
def test_changed_certificate_is_named(name: str) -> None:
    pipe = prepared()
    pipe.alpha.acknowledge()
    (answered,) = pipe.pump().take()
    assert isinstance(answered, Answered)
    assert isinstance(answered.answer, tuple)
    certificate = pipe.alpha.certificate(pipe.alpha.sealed[-1][0])
    changed, expected = certificates(certificate)[name]
    with pytest.raises(VerificationFailed) as error:
        pipe.client.receive_data(encode_client_message(Finality(changed, [])))
    assert str(error.value).startswith("certificate: ")
    assert expected in str(error.value)
    with pytest.raises(VerificationFailed, match="certificate"):
        check_final(pipe.alpha.settings, answered.answer[0].event, Finality(changed, []))
    proof = check_final(pipe.alpha.settings, answered.answer[0].event, Finality(certificate, []))
    assert len(proof.auditors) == 2


def test_proof_does_not_hold_for_another_batch() -> None:
    pipe = prepared()
    pipe.alpha.acknowledge()
    (answered,) = pipe.pump().take()
    assert isinstance(answered, Answered)
    assert isinstance(answered.answer, tuple)
    other = pipe.alpha.certificate(pipe.alpha.sealed[0][0])
    with pytest.raises(VerificationFailed, match="inclusion proof"):
        check_final(pipe.alpha.settings, answered.answer[0].event, Finality(other, []))


def test_foreign_account_snapshot_is_named() -> None:
    pipe = prepared()
    pipe.alpha.acknowledge()
    pipe.client.query_account()

    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, AccountSnapshot) and message.account is not None:
            return replace(message, account=replace(message.account, account=BERT.public))
        return message

    with pytest.raises(VerificationFailed, match="account: alpha answered with another account"):
        deliver(pipe, change)


BATCH = prepared()
BATCH.alpha.acknowledge()
BATCH.alpha.certify()
assert BATCH.session is not None
ACKNOWLEDGEMENT, FINALITY = BATCH.session.data_to_send()
ID_BYTES = 8


def genuine() -> object:
    message = decode_client_message(ACKNOWLEDGEMENT)
    assert isinstance(message, Acknowledgement)
    return message.events[0].leaf


@settings(deadline=None)
@given(place=st.integers(0, 10_000), difference=st.integers(1, 255))
def test_no_changed_byte_of_an_acknowledgement_goes_unnoticed(place: int, difference: int) -> None:
    pipe = prepared()
    data = bytearray(ACKNOWLEDGEMENT)
    data[place % len(data)] ^= difference
    try:
        outputs = pipe.client.receive_data(bytes(data))
    except (VerificationFailed, ConnectionClosed):
        return
    # The id of the request it answers is no part of the proof: a wrong one makes it no answer, and no other event.
    assert not any(isinstance(output, Answered) for output in outputs)
    changed = decode_client_message(bytes(data))
    assert isinstance(changed, Acknowledgement)
    assert changed.events[0].leaf == genuine()


@settings(deadline=None)
@given(place=st.integers(0, 10_000), difference=st.integers(1, 255))
def test_no_changed_byte_of_a_certificate_goes_unnoticed(place: int, difference: int) -> None:
    data = bytearray(FINALITY)
    data[place % len(data)] ^= difference
    pipe = prepared()
    with pytest.raises((VerificationFailed, ConnectionClosed)):
        pipe.client.receive_data(bytes(data))


@given(data=st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(data: bytes) -> None:
    pipe = BATCH
    with pytest.raises((VerificationFailed, ConnectionClosed)):
        pipe.client.receive_data(data)
