import copy
import pickle
from itertools import product

import pytest

from constellation.protocol.messages import BatchHeader
from constellation.protocol.signing import (
    KeyPair,
    Purpose,
    constellation_id,
    header_hash,
    settings_constellation_id,
    settings_hash,
    signing_hash,
    verify,
    vote_hash,
)
from constellation.protocol.strkey import encode_seed
from constellation.testing.world import World, key_of

ORDER = 2**252 + 27742317777372353535851937790883648493
KEY = KeyPair(bytes(range(32)))
MESSAGE = signing_hash(Purpose.REQUEST, bytes(32), b"request")


def test_a_signature_is_for_one_purpose_constellation_and_content() -> None:
    names = [
        constellation_id(passphrase, vault)
        for passphrase in ("Test SDF Network ; September 2015", "Public Global Stellar Network ; September 2015")
        for vault in (key_of("vault").public, key_of("another vault").public)
    ]
    places = list(product(Purpose, names, (b"one", b"other")))
    hashes = [signing_hash(*place) for place in places]
    assert len(set(hashes)) == len(places)
    signature = KEY.sign(hashes[0])
    assert [verify(KEY.public, item, signature) for item in hashes] == [True] + [False] * (len(hashes) - 1)


def test_golden_hashes() -> None:
    world = World()
    header = BatchHeader(1, 2, 3, 4, 5, 6, bytes(32), bytes(32), None)
    assert [int(purpose) for purpose in Purpose] == list(range(1, 13))
    assert world.constellation == settings_constellation_id(world.settings)
    assert {
        "constellation": constellation_id("Test SDF Network ; September 2015", bytes(32)).hex(),
        "request": MESSAGE.hex(),
        "header": header_hash(bytes(32), header).hex(),
        "vote": vote_hash(bytes(32), bytes(32)).hex(),
    } == {
        "constellation": "cb9939fc136304c5db47c1cd050222ae23f2bf1651a59fa3d82e8973a2fdb269",
        "request": "c2c1507dde42dbb7767b95b13b55c5fbb9f8870e143c681faff7e6017ee69a0b",
        "header": "63d30d58bfff15d7e910ca7676f41375a80e194a23e2805e07c17d6e0b622c1b",
        "vote": "2b2e6811fd20ff4fddb2b5ef212628d9a2c1e9ff87bd43c27fd513d789246747",
    }


def test_settings_that_differ_have_other_hashes() -> None:
    one, other = World(), World(maker_fee_ppm=1)
    assert settings_hash(one.settings) != settings_hash(other.settings)
    assert settings_constellation_id(one.settings) == settings_constellation_id(other.settings)
    other.settings.vault = key_of("another vault").public
    assert settings_constellation_id(one.settings) != settings_constellation_id(other.settings)


def test_every_flipped_bit_of_key_message_and_signature_is_noticed() -> None:
    signature = KEY.sign(MESSAGE)
    assert verify(KEY.public, MESSAGE, signature)
    for place in range(64 * 8):
        flipped = bytearray(signature)
        flipped[place // 8] ^= 1 << place % 8
        assert not verify(KEY.public, MESSAGE, bytes(flipped))
    for place in range(32 * 8):
        flipped = bytearray(MESSAGE)
        flipped[place // 8] ^= 1 << place % 8
        assert not verify(KEY.public, bytes(flipped), signature)
        flipped = bytearray(KEY.public)
        flipped[place // 8] ^= 1 << place % 8
        assert not verify(bytes(flipped), MESSAGE, signature)


def test_a_malleated_signature_is_refused() -> None:
    signature = KEY.sign(MESSAGE)
    scalar = int.from_bytes(signature[32:], "little")
    for multiple in range(1, 16):
        other = scalar + multiple * ORDER
        if other < 2**256:
            assert not verify(KEY.public, MESSAGE, signature[:32] + other.to_bytes(32, "little"))


SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("text", SMALL_ORDER)
def test_keys_and_points_of_small_order_sign_nothing(text: str) -> None:
    point = bytes.fromhex(text)
    for sign in (0, 0x80):
        other = point[:31] + bytes([point[31] ^ sign])
        for scalar in (0, 1):
            forged = other + scalar.to_bytes(32, "little")
            for message in (MESSAGE, b"", b"\0" * 32):
                assert not verify(other, message, forged)
                assert not verify(KEY.public, message, forged)


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_keys_of_another_length_are_refused(length: int) -> None:
    assert not verify(bytes(length), MESSAGE, KEY.sign(MESSAGE))


def test_a_signature_of_another_length_is_refused() -> None:
    """Also when the bytes that are missing stand at the front of the message."""
    signature = KEY.sign(MESSAGE)
    for split in range(64):
        assert not verify(KEY.public, signature[split:] + MESSAGE, signature[:split])
        assert not verify(KEY.public, MESSAGE[split:], signature + MESSAGE[:split]) or split == 0
    assert not verify(KEY.public, MESSAGE, b"")


def test_a_key_pair_never_shows_its_seed() -> None:
    for text in (repr(KEY), str(KEY), f"{KEY}", f"{[KEY]}", f"{ {'key': KEY} }"):
        assert KEY.address in text
        assert KEY.seed.hex() not in text
        assert encode_seed(KEY.seed) not in text
        assert repr(KEY.seed)[2:-1] not in text
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="never copied or pickled"):
            pickle.dumps(KEY, protocol)
    for clone in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never copied or pickled"):
            clone(KEY)
    assert not hasattr(KEY, "__dict__")


def test_a_key_pair_from_text() -> None:
    text = encode_seed(KEY.seed)
    assert KeyPair.from_text(f" {text}\n").public == KEY.public
    with pytest.raises(ValueError, match="secret seed") as error:
        KeyPair.from_text(text[:-1])
    assert text[:-1] not in str(error.value)


def test_rfc_8032_vector() -> None:
    pair = KeyPair(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert pair.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert pair.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
