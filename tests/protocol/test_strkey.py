from base64 import b32encode
from binascii import crc_hqx

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import StrKey

from constellation.protocol.strkey import decode_public_key, decode_seed, encode_public_key, encode_seed

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS)
def test_is_stellars_form(key: bytes) -> None:
    assert encode_public_key(key) == StrKey.encode_ed25519_public_key(key)
    assert encode_seed(key) == StrKey.encode_ed25519_secret_seed(key)
    assert decode_public_key(encode_public_key(key)) == decode_seed(encode_seed(key)) == key


@given(KEYS, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_every_typing_error_is_noticed(key: bytes, place: int, letter: str) -> None:
    text = encode_public_key(key)
    if text[place] != letter:
        with pytest.raises(ValueError, match="not a public key"):
            decode_public_key(text[:place] + letter + text[place + 1 :])


@given(KEYS, st.integers(0, 54))
def test_swapped_letters_are_noticed(key: bytes, place: int) -> None:
    text = encode_public_key(key)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        with pytest.raises(ValueError, match="not a public key"):
            decode_public_key(swapped)


@given(st.text(max_size=60))
def test_other_text_is_refused_with_a_value_error(text: str) -> None:
    for decode in (decode_public_key, decode_seed):
        with pytest.raises(ValueError, match="not a"):
            decode(text)


def test_the_kinds_are_not_mistaken_for_each_other() -> None:
    with pytest.raises(ValueError, match=r"not a public key \(G…\)"):
        decode_public_key(encode_seed(bytes(32)))
    with pytest.raises(ValueError, match=r"not a secret seed \(S…\)"):
        decode_seed(encode_public_key(bytes(32)))
    with pytest.raises(ValueError, match="not a public key"):
        decode_public_key(StrKey.encode_pre_auth_tx(bytes(32)))


@pytest.mark.parametrize("length", [*range(32), 33, 34, 64])
def test_only_32_bytes_are_a_key(length: int) -> None:
    with pytest.raises(ValueError, match=f"32 bytes, not {length}"):
        encode_public_key(bytes(length))
    body = bytes([6 << 3]) + bytes(length)
    text = b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode()
    for padded in (text, text.rstrip("="), text.rstrip("=").ljust(56, "=")):
        with pytest.raises(ValueError, match="not a public key"):
            decode_public_key(padded)


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: f" {text}", lambda text: text + "\n", lambda text: text[:-1]]
)
def test_another_writing_is_refused(change) -> None:
    with pytest.raises(ValueError, match="not a public key"):
        decode_public_key(change(encode_public_key(bytes(32))))


def test_errors_never_repeat_a_seed() -> None:
    text = encode_seed(bytes(range(32)))
    for broken in (text[:-1] + ("A" if text[-1] != "A" else "B"), text[:-1], text + "A", "G" + text[1:], text.lower()):
        with pytest.raises(ValueError, match="not a secret seed") as error:
            decode_seed(broken)
        assert broken not in str(error.value)
        assert broken[5:20] not in str(error.value)
        assert error.value.__context__ is None or error.value.__suppress_context__
