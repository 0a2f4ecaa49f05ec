"""A proof in a file holds, and no byte of it can be changed."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Appointment,
    ClientMessage,
    QueryProof,
    QuorumRule,
    SignedAppointment,
    StateEntryType,
    StateProof,
    TermCommit,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.terms import Terms, check_appointments, sign_appointment
from constellation.sdk import VerificationFailed
from constellation.sdk.proof_document import read_document, write_document
from tests.gateway.harness import ALPHA, ANNA, AUDITORS, BERT, USD, XLM, Alpha, RawClient, key, make_settings

ACCOUNT, COUNTERS, SETTINGS = (
    StateEntryType.ACCOUNT_ENTRY,
    StateEntryType.COUNTERS_ENTRY,
    StateEntryType.SETTINGS_ENTRY,
)


@pytest.fixture(scope="module")
def alpha() -> Alpha:
    alpha = Alpha().fund(ANNA, BERT)
    alpha.deposit(ANNA, USD, 7)
    alpha.settle(checkpoint=True)
    return alpha


def prove(alpha: Alpha, kind: StateEntryType, identity: bytes, who: Any = ANNA) -> StateProof:
    client = RawClient(alpha, who).open()
    client.received()
    client.send(QueryProof(5, kind, identity))
    answer: ClientMessage
    (answer,) = client.received()
    alpha.front.disconnect(client.session)
    assert isinstance(answer, StateProof)
    return answer


@pytest.fixture(scope="module")
def text(alpha: Alpha) -> str:
    account = (ANNA.address, prove(alpha, ACCOUNT, ANNA.public))
    return write_document(
        Terms(alpha.settings), prove(alpha, SETTINGS, b""), prove(alpha, COUNTERS, b""), account, {"ledger": 7}
    )


def test_it_says_what_the_state_says(alpha: Alpha, text: str) -> None:
    proof = read_document(alpha.settings, text)
    state = alpha.machine.state
    assert proof.totals == {"XLM": 2000, "USD": Decimal(state.vault.held[USD]) / ONE, "EUR": 2000}
    assert proof.account == ANNA.address
    assert proof.balances is not None
    assert proof.balances["USD"].total == Decimal("1000.0000007")
    assert (proof.apex, proof.ledger, proof.settings_version) == (state.apex, state.ledger_cursor >> 32, 0)
    assert proof.header_hash == alpha.sealed[-1][0].digest
    assert len(proof.auditors) == 2
    assert proof.vault == {"ledger": 7}


def test_it_may_be_about_nobody_or_about_an_account_that_is_not_there(alpha: Alpha) -> None:
    settings, counters = prove(alpha, SETTINGS, b""), prove(alpha, COUNTERS, b"")
    proof = read_document(alpha.settings, write_document(Terms(alpha.settings), settings, counters, None, None))
    assert (proof.account, proof.balances) == (None, None)

    nobody = key("nobody")
    absent = prove(alpha, ACCOUNT, nobody.public, nobody)
    written = write_document(Terms(alpha.settings), settings, counters, (nobody.address, absent), None)
    proof = read_document(alpha.settings, written)
    assert (proof.account, proof.balances) == (nobody.address, None)


@pytest.mark.parametrize("name", ["settings", "counters", "account"])
def test_no_byte_of_a_proof_can_be_changed(alpha: Alpha, text: str, name: str) -> None:
    document = json.loads(text)
    xdr = b64decode(document["proofs"][name])
    for place in range(len(xdr)):
        changed = bytearray(xdr)
        changed[place] ^= 1 << place % 8
        document["proofs"][name] = b64encode(bytes(changed)).decode()
        with pytest.raises(VerificationFailed) as caught:
            read_document(alpha.settings, json.dumps(document))
        assert caught.value.what in (f"proof of {name}", "document"), place


def test_no_character_of_a_proof_can_be_changed(alpha: Alpha, text: str) -> None:
    """Not even where base64 would read the same bytes."""
    document = json.loads(text)
    good = document["proofs"]["counters"]
    for place in range(len(good)):
        other = "B" if good[place] == "A" else "A"
        document["proofs"]["counters"] = good[:place] + other + good[place + 1 :]
        with pytest.raises(VerificationFailed):
            read_document(alpha.settings, json.dumps(document))


def test_every_other_field_is_looked_at(alpha: Alpha, text: str) -> None:
    def refused(change: dict[str, Any]) -> str:
        with pytest.raises(VerificationFailed) as caught:
            read_document(alpha.settings, json.dumps({**json.loads(text), **change}))
        return str(caught.value)

    proofs = json.loads(text)["proofs"]
    assert "proof of account" in refused({"account": BERT.address})
    assert "account" in refused({"account": "G"})
    assert "nothing else" in refused({"account": None})
    assert "nothing else" in refused({"proofs": {"settings": proofs["settings"]}})
    assert "another constellation" in refused({"constellation": bytes(32).hex()})
    assert "version 2 is not known; 1 is" in refused({"version": 2})
    assert "format" in refused({"format": "something"})
    assert "exactly the fields" in refused({"more": 1})
    assert "proof of counters" in refused({"proofs": {**proofs, "counters": proofs["account"]}})


def test_proofs_of_different_checkpoints_do_not_go_together(alpha: Alpha) -> None:
    other = Alpha().fund(ANNA, BERT)
    other.deposit(ANNA, USD, 7)
    other.settle(checkpoint=True)
    settings = prove(other, SETTINGS, b"")
    other.deposit(BERT, XLM, 1)
    other.settle(checkpoint=True)
    with pytest.raises(VerificationFailed, match="not under the same checkpoint"):
        read_document(
            other.settings, write_document(Terms(other.settings), settings, prove(other, COUNTERS, b""), None, None)
        )


def test_other_auditors_prove_nothing(alpha: Alpha, text: str) -> None:
    with pytest.raises(VerificationFailed, match=r"proof of settings: .* not an auditor"):
        read_document(make_settings(auditors=[BERT.public]), text)


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 100_000, "{}"])
def test_what_is_no_document_is_refused(alpha: Alpha, text: str) -> None:
    with pytest.raises(VerificationFailed, match="document"):
        read_document(alpha.settings, text)


def test_the_request_id_is_no_hiding_place(alpha: Alpha, text: str) -> None:
    document = json.loads(text)
    proof = StateProof.from_xdr(b64decode(document["proofs"]["counters"]))
    document["proofs"]["counters"] = b64encode(replace(proof, request_id=1).to_xdr()).decode()
    with pytest.raises(VerificationFailed, match="request id"):
        read_document(alpha.settings, json.dumps(document))


# --- after the auditors have changed


def begin_term(alpha: Alpha, *auditors: KeyPair) -> SignedAppointment:
    """Others are auditors from the next batch on."""
    term = alpha.machine.state.term + 1
    keys = [auditor.public for auditor in auditors]
    appointment = Appointment(term, ALPHA.public, keys, QuorumRule.MAJORITY, "wss://a", "wss://b")
    signatures = [sign_appointment(alpha.settings, auditor, appointment) for auditor in alpha.auditors[-2:]]
    signed = SignedAppointment(appointment, signatures)
    alpha.settle()
    alpha.execute(TermCommit(signed))
    alpha.epoch = term * EPOCHS_PER_TERM + 1
    alpha.auditors = list(auditors)
    return signed


def after_two_terms() -> tuple[Alpha, Terms]:
    """Of the three first auditors, one is left."""
    alpha = Alpha().fund(ANNA, BERT)
    first = begin_term(alpha, *AUDITORS[1:], key("fourth"))
    second = begin_term(alpha, AUDITORS[2], key("fourth"), key("fifth"))
    alpha.auditors.reverse()  # those who came later sign
    alpha.settle(checkpoint=True)
    return alpha, check_appointments(alpha.settings, [first, second])


@pytest.fixture(scope="module")
def later() -> tuple[Alpha, Terms]:
    return after_two_terms()


def document_of(alpha: Alpha, terms: Terms) -> str:
    return write_document(terms, prove(alpha, SETTINGS, b""), prove(alpha, COUNTERS, b""), None, None)


def test_a_proof_holds_that_auditors_signed_who_came_later(later: tuple[Alpha, Terms]) -> None:
    alpha, terms = later
    proof = read_document(alpha.settings, document_of(alpha, terms))
    assert proof.auditors == (key("fifth").address, key("fourth").address)
    assert proof.totals["XLM"] == 2000


def test_a_proof_from_before_holds_with_the_appointments_since(text: str, alpha: Alpha) -> None:
    since = Alpha()
    signed = begin_term(since, AUDITORS[0], AUDITORS[1], key("fourth"))
    document = json.loads(document_of(alpha, check_appointments(alpha.settings, [signed])))
    assert len(document["appointments"]) == 1
    assert read_document(alpha.settings, json.dumps(document)).auditors == tuple(key.address for key in AUDITORS[:2])


@pytest.mark.parametrize("left", [0, 1])
def test_an_appointment_must_not_be_missing(later: tuple[Alpha, Terms], left: int) -> None:
    alpha, terms = later
    document = json.loads(document_of(alpha, terms))
    document["appointments"] = document["appointments"][:left]
    with pytest.raises(VerificationFailed, match=f"proof of settings: .*term 2; the last appointment .* is of {left}"):
        read_document(alpha.settings, json.dumps(document))
    document = json.loads(document_of(alpha, terms))
    del document["appointments"][left]
    with pytest.raises(VerificationFailed, match=r"appointments|proof of settings"):
        read_document(alpha.settings, json.dumps(document))


def test_no_byte_of_the_appointments_can_be_changed(later: tuple[Alpha, Terms]) -> None:
    alpha, terms = later
    whole = document_of(alpha, terms)
    start, end = whole.index('"appointments"'), whole.index('"account"')
    for place in range(start, end):
        if whole[place].isspace():
            continue
        for other in (chr(ord(whole[place]) ^ 1), whole[place].swapcase()):
            if other == whole[place]:
                continue
            with pytest.raises(VerificationFailed) as caught:
                read_document(alpha.settings, whole[:place] + other + whole[place + 1 :])
            assert caught.value.what in ("appointments", "document"), (place, whole[place - 20 : place + 20])


def test_the_appointments_are_those_of_these_auditors(later: tuple[Alpha, Terms]) -> None:
    """Nobody appoints himself, and nothing stands in the file that was not signed."""
    alpha, terms = later
    document = json.loads(document_of(alpha, terms))
    first = document["appointments"][0]

    def refused(appointments: object) -> str:
        with pytest.raises(VerificationFailed) as caught:
            read_document(alpha.settings, json.dumps({**document, "appointments": appointments}))
        assert caught.value.what == "appointments"
        return str(caught.value)

    crooks = [key("crook"), key("other crook"), key("third crook")]
    appointment = replace(terms.appointments[0].appointment, auditors=[crook.public for crook in crooks])
    signatures = [sign_appointment(alpha.settings, crook, appointment) for crook in crooks]
    forged = Terms(alpha.settings, (SignedAppointment(appointment, signatures),))
    assert "quorum of the old ones" in refused(json.loads(document_of(alpha, forged))["appointments"])

    assert "a quorum is 2" in refused([{**first, "signatures": first["signatures"][:1]}])
    assert "the one way" in refused([{**first, "more": 1}])
    assert "the one way" in refused([{**first, "term": "1"}])
    assert "the one way" in refused([{**first, "term": True}])
    assert "the one way" in refused({})
    for strange in (None, 1, "x", [1], [{}], [{**first, "term": float("inf")}], [{**first, "term": 2**64}]):
        assert "no list of appointments" in refused(strange)
