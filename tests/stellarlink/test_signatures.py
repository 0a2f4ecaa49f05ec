from constellation.stellarlink import sign_task
from constellation.stellarlink.signatures import SignatureSet
from tests.stellarlink.support import AUDITORS, OTHER, make_settings, prepared_withdrawal

DIGEST = bytes(range(32))


def signature_of(key_pair, digest=DIGEST):
    return key_pair.sign(digest)


def collect(*key_pairs, auditors=3):
    settings = make_settings(auditors)
    signatures = SignatureSet(settings, settings.auditors, DIGEST)
    assert all(signatures.add(key_pair.public, signature_of(key_pair)) for key_pair in key_pairs)
    return signatures


def test_an_auditor_signs_the_hash_itself():
    settings = make_settings()
    prepared = prepared_withdrawal(settings)
    signed = sign_task(AUDITORS[0], settings, prepared)
    assert signed.transaction == prepared.transaction
    signatures = SignatureSet(settings, settings.auditors, prepared.transaction)
    assert signatures.add(AUDITORS[0].public, signed.signature)


def test_foreign_double_and_wrong_signatures_do_not_count():
    signatures = collect(AUDITORS[0])
    assert not signatures.add(AUDITORS[0].public, signature_of(AUDITORS[0]))
    assert not signatures.add(OTHER.public, signature_of(OTHER))
    assert not signatures.add(AUDITORS[3].public, signature_of(AUDITORS[3]))  # not one of these three
    assert not signatures.add(AUDITORS[1].public, signature_of(AUDITORS[2]))
    assert not signatures.add(AUDITORS[1].public, signature_of(AUDITORS[1], bytes(32)))
    assert not signatures.add(AUDITORS[1].public, b"short")
    assert len(signatures) == 1
    assert not signatures.is_enough


def test_exactly_a_quorum_is_attached_with_hints():
    signatures = collect(*AUDITORS, auditors=5)
    attached = signatures.exactly_enough()
    assert [item.signature for item in attached] == [signature_of(auditor) for auditor in AUDITORS[:3]]
    assert [item.signature_hint for item in attached] == [auditor.public[-4:] for auditor in AUDITORS[:3]]
