import hashlib

from stellar_sdk import Keypair, StrKey

from constellation.sandbox.signatures import Signature, SignatureChecker

HASH = hashlib.sha256(b"a transaction").digest()
KEYS = [Keypair.random() for _ in range(3)]
SIGNERS = {key.public_key: 1 for key in KEYS}


def sign(key, message=HASH):
    return Signature(key.signature_hint(), key.sign(message))


def test_checks_stop_when_the_weight_is_reached():
    checker = SignatureChecker(HASH, [sign(key) for key in KEYS])
    assert checker.check(SIGNERS, 2)
    assert not checker.all_used
    assert checker.check(SIGNERS, 3)
    assert checker.all_used


def test_the_same_key_counts_once():
    checker = SignatureChecker(HASH, [sign(KEYS[0]), sign(KEYS[0])])
    assert not checker.check(SIGNERS, 2)


def test_a_weight_of_zero_still_needs_a_signature():
    assert not SignatureChecker(HASH, []).check(SIGNERS, 0)
    assert SignatureChecker(HASH, [sign(KEYS[0])]).check(SIGNERS, 0)
    assert not SignatureChecker(HASH, [sign(KEYS[0], b"x" * 32)]).check(SIGNERS, 0)


def test_weights_are_capped():
    checker = SignatureChecker(HASH, [sign(KEYS[0])])
    assert not checker.check({KEYS[0].public_key: 1_000}, 256)


def test_a_signature_of_the_wrong_length_or_hint_is_none():
    assert not SignatureChecker(HASH, [Signature(KEYS[0].signature_hint(), b"short")]).check(SIGNERS, 0)
    wrong_hint = Signature(b"\0\0\0\0", KEYS[0].sign(HASH))
    assert not SignatureChecker(HASH, [wrong_hint]).check(SIGNERS, 0)


def test_signed_payloads():
    payload = b"read me"
    raw = KEYS[0].raw_public_key() + len(payload).to_bytes(4, "big") + payload + b"\0"
    signer = StrKey.encode_ed25519_signed_payload(raw)
    hint = bytes(a ^ b for a, b in zip(KEYS[0].signature_hint(), payload[-4:], strict=True))
    checker = SignatureChecker(HASH, [Signature(hint, KEYS[0].sign(payload))])
    assert checker.check({signer: 1}, 1)
