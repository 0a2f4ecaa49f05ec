"""Both forms of the codec against each other, against bytes written down once, and against hostile input."""

import dataclasses
import importlib
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constellation.build import core_is_compiled
from constellation.protocol import messages, reference
from constellation.protocol.messages import (
    BatchHeader,
    CreditAsset,
    EffectGroup,
    LimitOrder,
    MerkleProof,
    Payment,
    Request,
    Side,
    SignedRequest,
    TimeInForce,
    Trade,
    Withdrawal,
    decode_memo,
    decode_operation,
    encode_memo,
    encode_operation,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.testing.world import to
from tests.protocol.xdr_values import (
    GARBAGE,
    Codec,
    Samples,
    broken_bytes,
    broken_values,
    codecs,
    forget_encodings,
    keepers,
    look_alike,
    outcome,
    places,
)
from tools.xdr import model
from tools.xdr.python import snake
from tools.xdr.resolver import load

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "golden" / "messages.txt"
HEADER = """\
# One sample of every message and of every arm of every union, as hexadecimal bytes.
# A difference here is a change of the wire protocol: old logs and other members would not understand it.
# If it is meant, rewrite the file with: GOLDEN=rewrite .venv/bin/python -m pytest tests/protocol/test_messages.py
"""

SCHEMA = load(ROOT / "xdr")
CODECS = codecs(SCHEMA, messages, reference)

every_codec = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def samples() -> dict[str, tuple[Codec, Any]]:
    found: dict[str, tuple[Codec, Any]] = {}
    for codec in CODECS.values():
        if isinstance(codec.type, model.UnionType):
            for arm in codec.type.union.arms:
                found[f"{codec.name}.{arm.member}"] = (codec, Samples(messages).of(arm.type))
        else:
            found[codec.name] = (codec, Samples(messages).of(codec.type))
    return found


SAMPLES = samples()
every_sample = pytest.mark.parametrize(("codec", "value"), SAMPLES.values(), ids=SAMPLES)


def golden() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    name = ""
    for line in GOLDEN.read_text().splitlines():
        if line.startswith(" "):
            found[name] += bytes.fromhex(line)
        elif line and not line.startswith("#"):
            name = line
            found[name] = b""
    return found


class TestGolden:
    def test_file_is_rewritten_on_demand(self) -> None:
        if os.environ.get("GOLDEN") == "rewrite":
            lines = [HEADER]
            for name, (codec, value) in SAMPLES.items():
                data = codec.reference_encode(value)
                rows = [data[start : start + 32].hex(" ", 4) for start in range(0, len(data), 32)]
                lines.append("\n".join([name, *(f"    {row}" for row in rows), ""]))
            GOLDEN.write_text("\n".join(lines))
        assert GOLDEN.read_text().startswith(HEADER)

    def test_every_message_has_a_sample(self) -> None:
        assert golden().keys() == SAMPLES.keys()

    @pytest.mark.parametrize("name", SAMPLES)
    def test_bytes(self, name: str) -> None:
        codec, value = SAMPLES[name]
        data = golden()[name]
        assert codec.encode(value) == data
        assert codec.reference_encode(value) == data
        assert codec.decode(data) == value
        assert codec.reference_decode(data) == value


ORDER = LimitOrder(1, Side.SELL, -2, 3, TimeInForce.IMMEDIATE_OR_CANCEL, None)
ORDER_BYTES = bytes.fromhex("00000001 00000001 fffffffffffffffe 0000000000000003 00000001 00000000")
KEY = bytes(range(32))


class TestByHand:
    def test_struct(self) -> None:
        assert ORDER.to_xdr() == ORDER_BYTES
        assert LimitOrder.from_xdr(ORDER_BYTES) == ORDER

    def test_union_is_its_discriminant_and_its_arm(self) -> None:
        assert encode_operation(ORDER) == bytes.fromhex("00000001") + ORDER_BYTES
        assert decode_operation(bytes.fromhex("00000001") + ORDER_BYTES) == ORDER

    @pytest.mark.parametrize(
        ("memo", "data"),
        [
            (None, "00000000"),
            ("", "00000001 00000000"),
            ("añb", "00000001 00000004 61c3b162"),
            ("abcde", "00000001 00000005 6162636465000000"),
            (2**64 - 1, "00000002 ffffffffffffffff"),
        ],
    )
    def test_union_of_plain_types(self, memo: str | int | None, data: str) -> None:
        assert encode_memo(memo) == bytes.fromhex(data)
        assert decode_memo(bytes.fromhex(data)) == memo

    def test_optional(self) -> None:
        header = BatchHeader(1, 0, 0, 0, 0, 0, KEY, KEY, None)
        assert header.to_xdr()[-4:] == bytes(4)
        header.state_root = KEY
        assert header.to_xdr()[-36:] == b"\0\0\0\1" + KEY

    def test_list(self) -> None:
        assert MerkleProof(1, 2, [KEY, KEY]).to_xdr() == bytes.fromhex("00000001 00000002 00000002") + KEY * 2

    def test_decoded_members_and_bools_are_real(self) -> None:
        trade = Trade(1, 2, 3, Side.BUY, True, 4, 5, 6, 7)
        again = Trade.from_xdr(trade.to_xdr())
        assert again.side is Side.BUY
        assert again.maker is True


def signed(operation: bytes) -> bytes:
    return KEY + bytes(20) + operation + bytes(64)


MALFORMED = {
    "empty": (LimitOrder, b"", "truncated", "LimitOrder.market"),
    "cut in the middle": (LimitOrder, ORDER_BYTES[:17], "truncated", "LimitOrder.amount"),
    "one byte more": (LimitOrder, ORDER_BYTES + b"\0", "trailing bytes", "LimitOrder"),
    "enum": (LimitOrder, ORDER_BYTES[:7] + b"\2" + ORDER_BYTES[8:], "enum value out of range", "LimitOrder.side"),
    "earlier fault before the cut": (LimitOrder, b"\0\0\0\1\0\0\0\7", "enum value out of range", "LimitOrder.side"),
    "bool": (Trade, bytes(24) + b"\0\0\0\2" + bytes(32), "bool out of range", "Trade.maker"),
    "presence": (BatchHeader, bytes(108) + b"\1\0\0\0", "bool out of range", "BatchHeader.state_root"),
    "absent value": (BatchHeader, bytes(108) + b"\0\0\0\1" + KEY[1:], "truncated", "BatchHeader.state_root"),
    "discriminant": (SignedRequest, signed(b"\0\0\0\x7f"), "enum value out of range", "Operation.type"),
    "no discriminant": (SignedRequest, KEY + bytes(22), "truncated", "Operation.type"),
    "padding": (CreditAsset, b"\0\0\0\1A\0\0\1" + KEY, "nonzero padding", "CreditAsset.code"),
    "long string": (CreditAsset, b"\0\0\0\x0d" + bytes(16) + KEY, "length over maximum", "CreditAsset.code"),
    "not utf-8": (CreditAsset, b"\0\0\0\2\xc3\x28\0\0" + KEY, "invalid utf-8", "CreditAsset.code"),
    "surrogate": (CreditAsset, b"\0\0\0\3\xed\xa0\x80\0" + KEY, "invalid utf-8", "CreditAsset.code"),
    "cut string": (CreditAsset, b"\0\0\0\5ABCDE\0\0", "truncated", "CreditAsset.code"),
    "long list": (MerkleProof, bytes(8) + b"\0\0\0\x21" + KEY * 33, "length over maximum", "MerkleProof.path"),
    "short list": (MerkleProof, bytes(8) + b"\0\0\0\2" + KEY * 2 + b"", None, None),
    "false count": (MerkleProof, bytes(8) + b"\0\0\0\x03" + KEY * 2, "truncated", "MerkleProof.path"),
}


class TestMalformed:
    @pytest.mark.parametrize(("message", "data", "reason", "where"), MALFORMED.values(), ids=MALFORMED)
    def test_reason(self, message: Any, data: bytes, reason: str | None, where: str | None) -> None:
        codec = CODECS[message.__name__]
        if reason is None:
            assert codec.decode(data) == codec.reference_decode(data)
            return
        for decode in (codec.decode, codec.reference_decode):
            with pytest.raises(MalformedMessage) as caught:
                decode(data)
            assert (caught.value.reason, caught.value.where) == (reason, where)
            assert str(caught.value) == f"{where}: {reason}"

    @every_sample
    def test_every_cut_is_noticed(self, codec: Codec, value: Any) -> None:
        data = codec.encode(value)
        for end in [*range(min(len(data), 120)), *range(120, len(data), 61)]:
            kind, why = outcome(codec.decode, data[:end])
            assert (kind, why[0]) == ("MalformedMessage", "truncated")
            assert outcome(codec.reference_decode, data[:end]) == (kind, why)

    @every_codec
    @few
    @given(data=st.data())
    def test_both_forms_judge_broken_bytes_alike(self, codec: Codec, data: st.DataObject) -> None:
        valid = codec.encode(data.draw(codec.values))
        for _ in range(4):
            broken = data.draw(broken_bytes(valid))
            assert outcome(codec.decode, broken) == outcome(codec.reference_decode, broken)

    @every_codec
    @few
    @given(data=st.binary(max_size=200))
    def test_both_forms_judge_random_bytes_alike(self, codec: Codec, data: bytes) -> None:
        assert outcome(codec.decode, data) == outcome(codec.reference_decode, data)


class TestHostileCounts:
    @pytest.mark.parametrize("count", [4096, 4097, 2**31, 2**32 - 1])
    def test_memory_is_not_taken_for_what_is_not_there(self, count: int) -> None:
        data = KEY + bytes(16) + count.to_bytes(4) + bytes(100)
        tracemalloc.start()
        try:
            with pytest.raises(MalformedMessage) as caught:
                EffectGroup.from_xdr(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert caught.value.reason == ("truncated" if count == 4096 else "length over maximum")
        assert peak < 10_000

    @pytest.mark.parametrize("name", SAMPLES)
    def test_maximum_holds_even_if_the_bytes_are_there(self, name: str) -> None:
        codec, value = samples()[name]
        kept = keepers(value)
        for place in places(value):
            if isinstance(items := place.content, list):
                forget_encodings(kept)
                some = codec.encode(value)
                if not place.put([]):
                    continue
                forget_encodings(kept)
                none = codec.encode(value)
                place.put(items)
                count = next(at for at in range(0, len(none), 4) if some[at : at + 4] != none[at : at + 4])
                data = none[:count] + (20_000).to_bytes(4) + bytes(20_000 * 160)
                kind, why = outcome(codec.decode, data)
                assert (kind, why[0]) == ("MalformedMessage", "length over maximum")
                assert outcome(codec.reference_decode, data) == (kind, why)

    def test_string(self) -> None:
        with pytest.raises(MalformedMessage, match="length over maximum"):
            CreditAsset.from_xdr(b"\xff\xff\xff\xff" + bytes(60))


PAYMENT = Payment(KEY, 1, 2)
UNENCODABLE = {
    "float": (lambda: Payment(KEY, 1, 1.0), "wrong type", "Payment.amount"),
    "nan": (lambda: Payment(KEY, 1, float("nan")), "wrong type", "Payment.amount"),
    "none": (lambda: Payment(KEY, None, 2), "wrong type", "Payment.asset"),
    "text": (lambda: Payment(KEY, 1, "2"), "wrong type", "Payment.amount"),
    "negative": (lambda: Payment(KEY, -1, 2), "integer out of range", "Payment.asset"),
    "large": (lambda: Payment(KEY, 1, 2**63), "integer out of range", "Payment.amount"),
    "short key": (lambda: Payment(KEY[1:], 1, 2), "wrong length", "Payment.destination"),
    "long key": (lambda: Payment(KEY + b"x", 1, 2), "wrong length", "Payment.destination"),
    "key as text": (lambda: Payment("k" * 32, 1, 2), "wrong type", "Payment.destination"),
    "first of two faults": (lambda: Payment(None, 1, None), "wrong type", "Payment.destination"),
    "enum value": (lambda: LimitOrder(1, 2, 3, 4, 0, None), "enum value out of range", "LimitOrder.side"),
    "enum type": (lambda: LimitOrder(1, "BUY", 3, 4, 0, None), "wrong type", "LimitOrder.side"),
    "bool": (lambda: Trade(1, 2, 3, Side.BUY, 1, 4, 5, 6, 7), "wrong type", "Trade.maker"),
    "no operation": (lambda: Request(KEY, None, 1, 2, None), "wrong type", "Operation.type"),
    "bool memo": (lambda: Withdrawal(1, 2, to(KEY, True)), "wrong type", "Memo.type"),
    "other struct": (lambda: SignedRequest(PAYMENT, bytes(64)), "wrong type", "Request"),
    "later fault": (
        lambda: SignedRequest(Request(KEY, None, 1, 2, PAYMENT), b""),
        "wrong length",
        "SignedRequest.signature",
    ),
    "long memo": (lambda: Withdrawal(1, 2, to(KEY, "ñ" * 15)), "length over maximum", "Memo.text"),
    "surrogate": (lambda: Withdrawal(1, 2, to(KEY, "\ud800")), "invalid utf-8", "Memo.text"),
    "large memo": (lambda: Withdrawal(1, 2, to(KEY, 2**64)), "integer out of range", "Memo.id"),
    "long list": (lambda: MerkleProof(1, 2, [KEY] * 33), "length over maximum", "MerkleProof.path"),
    "tuple": (lambda: MerkleProof(1, 2, (KEY,)), "wrong type", "MerkleProof.path"),
    "item": (lambda: MerkleProof(1, 2, [KEY, KEY[1:]]), "wrong length", "MerkleProof.path"),
    "item of another union": (lambda: EffectGroup(KEY, 1, 1, [PAYMENT]), "wrong type", "Effect.type"),
}


def refused_alike(codec: Codec, value: Any) -> None:
    """Both forms judge ``value`` alike; but what is no message at all, a compiled encoder does not even look at."""
    try:
        found = outcome(codec.encode, value)
    except TypeError:
        assert core_is_compiled()
        assert not dataclasses.is_dataclass(value)
        return
    assert found == outcome(codec.reference_encode, value)


class TestUnencodable:
    @pytest.mark.parametrize(("make", "reason", "where"), UNENCODABLE.values(), ids=UNENCODABLE)
    def test_reason(self, make: Callable[[], Any], reason: str, where: str) -> None:
        try:
            value = make()
        except TypeError:
            assert core_is_compiled()
            assert reason in ("wrong type", "enum value out of range")
            return
        codec = CODECS[type(value).__name__]
        for encode in (codec.encode, codec.reference_encode):
            with pytest.raises(UnencodableMessage) as caught:
                encode(value)
            assert (caught.value.reason, caught.value.where) == (reason, where)

    def test_missing_field(self) -> None:
        payment = Payment(KEY, 1, 2)
        if core_is_compiled():
            with pytest.raises(AttributeError, match="cannot be deleted"):
                del payment.amount
            return
        del payment.amount
        with pytest.raises(UnencodableMessage, match=r"Payment.amount: wrong type"):
            payment.to_xdr()

    @every_codec
    @few
    @given(data=st.data())
    def test_both_forms_judge_garbage_alike(self, codec: Codec, data: st.DataObject) -> None:
        for _ in range(3):
            refused_alike(codec, data.draw(broken_values(codec.values)))


class TestOneFault:
    """Every single fault at every single place: what random tests would need luck for."""

    @pytest.mark.parametrize("name", SAMPLES)
    def test_in_a_value(self, name: str) -> None:
        codec, value = samples()[name]
        kept = keepers(value)
        for place in list(places(value)):
            right = place.content
            alike = [look_alike(right)] if dataclasses.is_dataclass(right) else []
            for wrong in [*GARBAGE, *alike]:
                forget_encodings(kept)
                if place.put(wrong):
                    assert outcome(codec.encode, value) == outcome(codec.reference_encode, value)
            place.put(right)

    @every_sample
    def test_look_alike(self, codec: Codec, value: Any) -> None:
        if dataclasses.is_dataclass(value):
            refused_alike(codec, look_alike(value))

    @every_sample
    def test_in_the_bytes(self, codec: Codec, value: Any) -> None:
        data = codec.encode(value)
        for start in range(0, len(data), 4):
            for word in (b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\x15", b"\xff\xff\xff\xff"):
                wrong = data[:start] + word + data[start + 4 :]
                assert outcome(codec.decode, wrong) == outcome(codec.reference_decode, wrong)


class TestKept:
    """What keeps its encoding is encoded once, and is never taken for something else."""

    KEPT = ("EffectGroup", "SignedHeader", "SignedRequest")

    @pytest.mark.parametrize("name", KEPT)
    def test_encoded_once(self, name: str) -> None:
        codec, value = samples()[name]
        data = codec.encode(value)
        assert codec.encode(value) is data
        decoded = codec.decode(data)
        assert codec.encode(decoded) == data
        assert codec.encode(decoded) is codec.encode(decoded)

    @pytest.mark.parametrize("name", KEPT)
    def test_only_its_own_bytes_are_kept(self, name: str) -> None:
        """It may come from the middle of a message."""
        codec, value = samples()[name]
        data = codec.encode(value)
        module = importlib.import_module(getattr(messages, name).__module__)
        read = getattr(module, f"_read_{snake(name)}")
        found, offset = read(b"????" + data + b"!!!!", 4)
        assert (found, offset) == (value, 4 + len(data))
        assert codec.encode(found) == data

    @pytest.mark.parametrize("name", KEPT)
    def test_a_changed_copy_is_encoded_anew(self, name: str) -> None:
        codec, value = samples()[name]
        before = codec.encode(value)
        for field in dataclasses.fields(value):
            if not field.init:
                continue
            other = dataclasses.replace(value)
            assert other == value
            content = getattr(other, field.name)
            if isinstance(content, bytes):
                changed = dataclasses.replace(value, **{field.name: bytes(len(content))})
                assert codec.encode(changed) == codec.reference_encode(changed) != before

    def test_nothing_is_kept_of_what_has_no_encoding(self) -> None:
        signed = SignedRequest(Request(KEY[1:], None, 1, 2, PAYMENT), bytes(64))
        for _ in range(2):
            with pytest.raises(UnencodableMessage, match=r"Request.account: wrong length"):
                signed.to_xdr()

    def test_it_is_neither_compared_nor_shown(self) -> None:
        first, second = (SignedRequest(Request(KEY, None, 1, 2, PAYMENT), bytes(64)) for _ in range(2))
        shown = repr(first)
        first.to_xdr()
        assert first == second
        assert repr(first) == shown


class TestRoundTrip:
    @every_codec
    @few
    @given(data=st.data())
    def test_both_forms_agree(self, codec: Codec, data: st.DataObject) -> None:
        value = data.draw(codec.values)
        encoded = codec.encode(value)
        assert codec.reference_encode(value) == encoded
        assert codec.decode(encoded) == value
        assert codec.reference_decode(encoded) == value


def test_every_name_is_exported() -> None:
    for module in SCHEMA.modules:
        for item in module.definitions:
            assert item.name in messages.__all__
    assert len(set(messages.__all__)) == len(messages.__all__)
    assert all(hasattr(messages, name) for name in messages.__all__)
