from dataclasses import replace

import pytest

from constellation.protocol import handshake
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake, ResponderHandshake
from constellation.protocol.messages import (
    PROTOCOL_VERSION,
    PROTOCOL_VERSION_OLDEST,
    Code,
    HandshakeTranscript,
    Hello,
    HelloProof,
    HelloReply,
    Role,
)
from constellation.protocol.signing import Purpose, signing_hash
from constellation.testing.world import World, key_of

WORLD = World()
TRADER = key_of("trader")
THEIRS, OURS = b"\x11" * 32, b"\x22" * 32


def initiator(role: Role = Role.CLIENT, challenge: bytes = THEIRS, constellation: bytes = WORLD.constellation):
    return InitiatorHandshake(TRADER, role, constellation, WORLD.terms, challenge)


def responder(role: Role = Role.CLIENT, challenge: bytes = OURS, constellation: bytes = WORLD.constellation):
    return ResponderHandshake(WORLD.alpha, role, constellation, [], challenge)


def refused(code: Code, call, *arguments) -> str:
    with pytest.raises(ProtocolViolation) as violation:
        call(*arguments)
    assert violation.value.code is code, violation.value
    return violation.value.message


def flips(data: bytes):
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("role", [Role.CLIENT, Role.AUDITOR])
def test_both_sides_prove_their_keys(role: Role) -> None:
    client, alpha = initiator(role), responder(role)
    assert client.hello == Hello(
        PROTOCOL_VERSION, PROTOCOL_VERSION_OLDEST, WORLD.constellation, role, TRADER.public, None, THEIRS
    )
    reply = alpha.receive_hello(client.hello)
    assert (reply.key, reply.challenge) == (WORLD.alpha.public, OURS)
    assert alpha.receive_proof(client.receive(reply)) == TRADER.public


def test_every_changed_field_of_the_hello_ends_it() -> None:
    changes = {
        "version": [0, PROTOCOL_VERSION + 1],
        "oldest_version": [0, PROTOCOL_VERSION + 1],
        "constellation": flips(WORLD.constellation),
        "role": [Role.AUDITOR, Role.ALPHA],
        "key": flips(TRADER.public),
        "challenge": flips(THEIRS),
    }
    for name, values in changes.items():
        for value in values:
            client, alpha = initiator(), responder()
            try:
                reply = alpha.receive_hello(replace(client.hello, **{name: value}))
            except ProtocolViolation as violation:
                assert violation.code in (Code.UNSUPPORTED_VERSION, Code.WRONG_CONSTELLATION, Code.UNAUTHORIZED)
            else:
                refused(Code.BAD_SIGNATURE, client.receive, reply)


def test_every_changed_field_of_the_reply_is_refused() -> None:
    client = initiator()
    reply = responder().receive_hello(client.hello)
    refused(Code.UNSUPPORTED_VERSION, client.receive, replace(reply, version=2))
    for key in flips(reply.key):
        refused(Code.UNAUTHORIZED, client.receive, replace(reply, key=key))
    for challenge in flips(reply.challenge):
        refused(Code.BAD_SIGNATURE, client.receive, replace(reply, challenge=challenge))
    for signature in flips(reply.signature):
        refused(Code.BAD_SIGNATURE, client.receive, replace(reply, signature=signature))
    client.receive(reply)


def test_every_changed_byte_of_the_proof_is_refused() -> None:
    client, alpha = initiator(), responder()
    proof = client.receive(alpha.receive_hello(client.hello))
    for signature in flips(proof.signature):
        refused(Code.BAD_SIGNATURE, alpha.receive_proof, HelloProof(signature))
    assert alpha.receive_proof(proof) == TRADER.public


def test_messages_of_another_connection_cannot_be_played_back() -> None:
    old_client, old_alpha = initiator(challenge=b"\x33" * 32), responder(challenge=b"\x44" * 32)
    old_reply = old_alpha.receive_hello(old_client.hello)
    old_proof = old_client.receive(old_reply)
    client, alpha = initiator(), responder()
    refused(Code.BAD_SIGNATURE, client.receive, old_reply)
    alpha.receive_hello(old_client.hello)
    refused(Code.BAD_SIGNATURE, alpha.receive_proof, old_proof)


def test_alphas_own_signature_proves_nothing_to_alpha() -> None:
    """Who calls himself alpha gets a signature of that key, but for another role."""
    alpha = responder()
    hello = Hello(
        PROTOCOL_VERSION, PROTOCOL_VERSION_OLDEST, WORLD.constellation, Role.CLIENT, WORLD.alpha.public, None, THEIRS
    )
    reply = alpha.receive_hello(hello)
    refused(Code.BAD_SIGNATURE, alpha.receive_proof, HelloProof(reply.signature))


def test_a_proof_for_one_role_is_none_for_another() -> None:
    client, alpha = initiator(Role.CLIENT), responder(Role.CLIENT)
    reply = alpha.receive_hello(client.hello)
    for role in (Role.AUDITOR, Role.ALPHA):
        transcript = HandshakeTranscript(role, client.hello, PROTOCOL_VERSION, reply.key, reply.challenge)
        digest = signing_hash(Purpose.HANDSHAKE, WORLD.constellation, transcript.to_xdr())
        refused(Code.BAD_SIGNATURE, alpha.receive_proof, HelloProof(TRADER.sign(digest)))


def test_a_client_may_name_an_account_and_nobody_else() -> None:
    account = key_of("account").public
    client = InitiatorHandshake(TRADER, Role.CLIENT, WORLD.constellation, WORLD.terms, THEIRS, account)
    alpha = responder()
    assert alpha.account is None
    proof = client.receive(alpha.receive_hello(client.hello))
    assert (alpha.receive_proof(proof), alpha.account) == (TRADER.public, account)
    auditor = InitiatorHandshake(TRADER, Role.AUDITOR, WORLD.constellation, WORLD.terms, THEIRS, account)
    refused(Code.UNAUTHORIZED, responder(Role.AUDITOR).receive_hello, auditor.hello)


def test_the_account_is_part_of_what_is_proven() -> None:
    client, alpha = initiator(), responder()
    named = replace(client.hello, account=key_of("account").public)
    reply = alpha.receive_hello(named)
    refused(Code.BAD_SIGNATURE, client.receive, reply)
    transcript = HandshakeTranscript(Role.CLIENT, client.hello, PROTOCOL_VERSION, reply.key, reply.challenge)
    digest = signing_hash(Purpose.HANDSHAKE, WORLD.constellation, transcript.to_xdr())
    refused(Code.BAD_SIGNATURE, alpha.receive_proof, HelloProof(TRADER.sign(digest)))


def test_only_the_expected_role_may_connect() -> None:
    message = refused(Code.UNAUTHORIZED, responder(Role.AUDITOR).receive_hello, initiator(Role.CLIENT).hello)
    assert "AUDITOR" in message


def test_another_constellation_is_named() -> None:
    other = b"\x77" * 32
    message = refused(Code.WRONG_CONSTELLATION, responder().receive_hello, initiator(constellation=other).hello)
    assert other.hex() in message
    assert WORLD.constellation.hex() in message


def test_another_alpha_is_refused() -> None:
    client = initiator()
    impostor = ResponderHandshake(key_of("impostor"), Role.CLIENT, WORLD.constellation, [], OURS)
    refused(Code.UNAUTHORIZED, client.receive, impostor.receive_hello(client.hello))
    posing = HelloReply(PROTOCOL_VERSION, WORLD.alpha.public, OURS, [], bytes(64))
    refused(Code.BAD_SIGNATURE, client.receive, posing)


def test_messages_out_of_order_are_refused() -> None:
    client, alpha = initiator(), responder()
    refused(Code.UNEXPECTED_MESSAGE, alpha.receive_proof, HelloProof(bytes(64)))
    reply = alpha.receive_hello(client.hello)
    refused(Code.UNEXPECTED_MESSAGE, alpha.receive_hello, client.hello)
    assert alpha.receive_proof(client.receive(reply)) == TRADER.public


def test_a_refused_hello_is_not_remembered() -> None:
    alpha = responder()
    refused(Code.UNAUTHORIZED, alpha.receive_hello, initiator(Role.AUDITOR).hello)
    refused(Code.UNEXPECTED_MESSAGE, alpha.receive_proof, HelloProof(bytes(64)))


def speaks(monkeypatch: pytest.MonkeyPatch, oldest: int, newest: int) -> None:
    """From now on, this is another version of the software."""
    monkeypatch.setattr(handshake, "PROTOCOL_VERSION_OLDEST", oldest)
    monkeypatch.setattr(handshake, "PROTOCOL_VERSION", newest)


@pytest.mark.parametrize("role", [Role.CLIENT, Role.AUDITOR])
@pytest.mark.parametrize(
    ("theirs", "ours", "spoken"),
    [((1, 1), (1, 1), 1), ((1, 2), (1, 1), 1), ((1, 1), (1, 2), 1), ((2, 3), (1, 2), 2), ((1, 4), (3, 9), 4)],
)
def test_the_newest_version_that_both_know_is_spoken(
    role: Role, theirs: tuple[int, int], ours: tuple[int, int], spoken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks(monkeypatch, *theirs)
    client = initiator(role)
    speaks(monkeypatch, *ours)
    alpha = responder(role)
    reply = alpha.receive_hello(client.hello)
    assert (reply.version, alpha.version) == (spoken, spoken)
    speaks(monkeypatch, *theirs)
    proof = client.receive(reply)
    assert alpha.receive_proof(proof) == TRADER.public


@pytest.mark.parametrize(("theirs", "ours"), [((1, 1), (2, 3)), ((2, 3), (1, 1))])
def test_who_has_no_version_in_common_is_told_whom_to_upgrade(
    theirs: tuple[int, int], ours: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks(monkeypatch, *theirs)
    hello = initiator().hello
    speaks(monkeypatch, *ours)
    with pytest.raises(ProtocolViolation, match="the older of the two must be upgraded") as violation:
        responder().receive_hello(hello)
    assert violation.value.code is Code.UNSUPPORTED_VERSION
    assert f"versions {ours[0]} to {ours[1]}" in violation.value.message
