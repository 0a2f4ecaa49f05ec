"""What the JavaScript SDK and the nodes must agree on: signatures, hashes, names, numbers, texts for wallets."""

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator

import pytest

from constellation.protocol.amounts import to_units
from constellation.protocol.merkle import MerkleTree, leaf_hash
from constellation.protocol.messages import (
    AppointAgent,
    DismissAgent,
    LimitOrder,
    RegisterRouting,
    Request,
    Side,
    TimeInForce,
)
from constellation.protocol.names import Names
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import settings_constellation_id, settings_hash, verify
from constellation.protocol.strkey import encode_muxed, encode_public_key, encode_seed
from constellation.protocol.sub_accounts import sub_account_key
from constellation.protocol.wallet_message import wallet_digest, wallet_text
from tests.gateway.harness import ANNA, BERT, make_settings
from tests.web import curve
from tests.web.driver import Big, Driver, SdkFailed, driver

pytestmark = pytest.mark.timeout(240)

MESSAGE = bytes(range(32))


@pytest.fixture
async def node() -> AsyncIterator[Driver]:
    async with driver() as found:
        yield found


def signatures() -> dict[str, tuple[bytes, bytes]]:
    """Keys and signatures of one message: honest ones, spoiled ones, and what implementations disagree on."""
    secret, nonce = 8 * 12345678901234567891, 98765432109876543211
    small = curve.torsion()
    key, signature = curve.signature(secret, nonce, MESSAGE)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    found = {"honest": (key, signature), "anna": (ANNA.public, ANNA.sign(MESSAGE)), "empty": (key, b"")}
    for name, place in {"r": 0, "r's sign": 31, "s": 32, "s's end": 63}.items():
        changed = bytearray(signature)
        changed[place] ^= 0x80
        found[f"other {name}"] = key, bytes(changed)
    found["another key"] = BERT.public, signature
    for times in (1, 2, 7, 15):
        found[f"s + {times} L"] = key, r + (s + times * curve.L).to_bytes(32, "little")
    for number, point in enumerate(small):
        mixed_key = curve.signature(secret, nonce, MESSAGE, in_key=point)
        mixed_r = curve.signature(secret, nonce, MESSAGE, in_r=point)
        both = curve.signature(secret, nonce, MESSAGE, in_key=point, in_r=small[-number])
        found |= {f"key + T{number}": mixed_key, f"R + T{number}": mixed_r, f"both + T{number}": both}
        found[f"key T{number}"] = curve.encode(point), signature
        found[f"R T{number}, S 0"] = key, curve.encode(point) + bytes(32)
        found[f"key and R T{number}"] = curve.encode(point), curve.encode(point) + bytes(32)
        found |= curious(number, key, signature)
    return found


def curious(number: int, key: bytes, signature: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Encodings of a point that are not the one that it has: y + p, also with the sign of a zero."""
    found = {}
    for sign in (0, 1):
        odd = (curve.P + number | sign << 255).to_bytes(32, "little")
        found[f"key y = p + {number}, sign {sign}"] = odd, signature
        found[f"R y = p + {number}, sign {sign}"] = key, odd + signature[32:]
    return found


async def test_they_take_the_same_signatures(node: Driver) -> None:
    known = signatures()
    found = await asyncio.gather(*(node.call("verify", key, MESSAGE, item) for key, item in known.values()))
    expected = {name: verify(key, MESSAGE, item) for name, (key, item) in known.items()}
    assert dict(zip(known, found, strict=True)) == expected
    assert expected["honest"]
    assert expected["anna"]
    assert not expected["s + 1 L"]


async def test_both_kinds_of_keys_sign_as_python_does(node: Driver) -> None:
    found = await node.call("sign", encode_seed(ANNA.seed), MESSAGE)
    assert found == [ANNA.sign(MESSAGE)] * 2


async def test_settings_are_read_and_hashed(node: Driver) -> None:
    settings = make_settings()
    document = settings_to_json(settings)
    assert await node.call("settings", document) == {
        "hash": settings_hash(settings),
        "id": settings_constellation_id(settings),
        "xdr": settings.to_xdr(),
    }
    names = Names(settings)
    assert await node.call("names", document) == {"assets": names.assets, "markets": names.markets}
    with pytest.raises(SdkFailed, match="the settings were changed"):
        await node.call("settings", document | {"vault_reserve": "11"})
    with pytest.raises(SdkFailed, match="lack or misstate"):
        await node.call("settings", document | {"alpha": "G"})


TEXTS = (
    "0", "1", "-1", "0.1", "00.10", "922337203685.4775807", "922337203685.4775808", "0.00000001", "1.50000000", "", ".",
    "1.", ".5", "1e3", "x", "1,5", "٣", "+1",
)  # fmt: skip
ONLY_PYTHON = ("1e3", "٣")


async def test_numbers_are_read_alike(node: Driver) -> None:
    for text in TEXTS:
        try:
            expected: object = to_units(text, 7)
        except ValueError:
            expected = None
        if text in ONLY_PYTHON:
            expected = None
        try:
            found = await node.call("units", text, 7)
        except SdkFailed:
            found = None
        assert found == expected, text
    with pytest.raises(SdkFailed, match="they must be exact"):
        await node.call("units", 1, 7)


async def test_addresses(node: Driver) -> None:
    address = encode_public_key(ANNA.public)
    muxed = encode_muxed(ANNA.public, 2**64 - 1)
    assert await node.call("decodeAddress", address) == {"key": ANNA.public, "muxedId": None}
    assert await node.call("decodeAddress", muxed) == {"key": ANNA.public, "muxedId": 2**64 - 1}
    assert await node.call("encodeMuxed", ANNA.public, Big(2**64 - 1)) == muxed
    assert len(b32decode(address)) == 35
    for wrong in (
        address[:-1],
        address + "A",
        address.lower(),
        "S" + address[1:],
        address[:-1] + "A",
        muxed[:-1] + "B",
        "",
    ):
        with pytest.raises(SdkFailed, match="not a"):
            await node.call("decodeAddress", wrong)
    assert await node.call("subAccountKey", ANNA.public, 3) == sub_account_key(ANNA.public, 3)


@pytest.mark.parametrize("time", [0, 1, 951_782_400_000_000, 2**63 - 1, -(2**63), 253_402_300_800_000_000])
async def test_texts_for_wallets(node: Driver, time: int) -> None:
    constellation = settings_constellation_id(make_settings())
    requests = [
        Request(ANNA.public, None, 7, time, AppointAgent(BERT.public, 2**32 - 2, time)),
        Request(ANNA.public, BERT.public, time, 5, AppointAgent(BERT.public, 0, 0)),
        Request(ANNA.public, None, 7, time, DismissAgent(BERT.public)),
        Request(ANNA.public, BERT.public, 7, time, RegisterRouting(time % 2**64)),
        Request(ANNA.public, None, 7, time, LimitOrder(0, Side.BUY, 1, 1, TimeInForce.FILL_OR_KILL, None)),
    ]
    for request in requests:
        text = wallet_text(constellation, request)
        assert await node.call("walletText", constellation, request.to_xdr()) == text
        if text is not None:
            assert await node.call("walletDigest", text) == wallet_digest(text)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33])
async def test_merkle_proofs(node: Driver, size: int) -> None:
    tree = MerkleTree([leaf_hash(bytes([number])) for number in range(size)])
    for index in range(size):
        proof = tree.prove(index)
        assert await node.call("rootFromProof", tree.leaves[index], proof.to_xdr()) == tree.root
        proof.path.append(bytes(32))
        assert await node.call("rootFromProof", tree.leaves[index], proof.to_xdr()) is None
