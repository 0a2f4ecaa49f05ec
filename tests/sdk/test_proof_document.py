"""A proof in a file holds, and no byte of it can be changed."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import ClientMessage, QueryProof, StateEntryType, StateProof
from constellation.sdk import VerificationFailed
from constellation.sdk.proof_document import read_document, write_document
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, RawClient, key, make_settings

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
    assert isinstance(answer, StateProof)
    return answer


@pytest.fixture(scope="module")
def text(alpha: Alpha) -> str:
    account = (ANNA.address, prove(alpha, ACCOUNT, ANNA.public))
    return write_document(
        alpha.settings, prove(alpha, SETTINGS, b""), prove(alpha, COUNTERS, b""), account, {"ledger": 7}
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
    proof = read_document(alpha.settings, write_document(alpha.settings, settings, counters, None, None))
    assert (proof.account, proof.balances) == (None, None)

    nobody = key("nobody")
    absent = prove(alpha, ACCOUNT, nobody.public, nobody)
    written = write_document(alpha.settings, settings, counters, (nobody.address, absent), None)
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
        read_document(other.settings, write_document(other.settings, settings, prove(other, COUNTERS, b""), None, None))


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
