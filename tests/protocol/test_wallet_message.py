"""Requests that a wallet signs as a text: SEP-53's own vectors, the text, and that every part of it counts."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import Keypair

from constellation.protocol.messages import (
    AppointAgent,
    CloseAccount,
    DismissAgent,
    LedgerDestination,
    LockAccount,
    Operation,
    RegisterRouting,
    Request,
    RotateKey,
)
from constellation.protocol.signing import KeyPair, verify
from constellation.protocol.strkey import decode_public_key
from constellation.protocol.wallet_message import rights_text, time_text, wallet_digest, wallet_text
from constellation.testing.world import key_of

ADDRESS = "GBXFXNDLV4LSWA4VB7YIL5GBD7BVNR22SGBTDKMO2SBZZHDXSKZYCP7L"
SEED = "SAKICEVQLYWGSOJS4WW7HZJWAHZVEEBS527LHK5V4MLJALYKICQCJXMW"
VECTORS = {
    "Hello, World!": "fO5dbYhXUhBMhe6kId/cuVq/AfEnHRHEvsP8vXh03M1uLpi5e46yO2Q8rEBzu3feXQewcQE5GArp88u6ePK6BA==",
    "こんにちは、世界！": "CDU265Xs8y3OWbB/56H9jPgUss5G9A0qFuTqH2zs2YDgTm+++dIfmAEceFqB7bhfN3am59lCtDXrCtwH2k1GBA==",  # noqa: RUF001
}
CONSTELLATION = bytes(range(32))
ACCOUNT, AGENT, SIGNER = key_of("alice").public, key_of("bot").public, key_of("new key").public
ELSEWHERE = LedgerDestination(ACCOUNT, None, None, False)
APPOINTMENT = AppointAgent(AGENT, 5, 1_800_000_000_000_001)
REQUEST = Request(ACCOUNT, None, 7, 1_790_000_000_000_000, APPOINTMENT)
TEXT = """\
Constellation: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
Account: {account}
Appoint agent: {agent}
Rights: trade, withdraw
Expires at: 2027-01-15T08:00:00.000001Z
Nonce: 7
Valid until: 2026-09-21T14:13:20.000000Z"""


@pytest.mark.parametrize("message", VECTORS)
def test_the_vectors_of_sep_53(message: str) -> None:
    signature = b64decode(VECTORS[message])
    assert KeyPair.from_text(SEED).sign(wallet_digest(message)) == signature
    assert verify(decode_public_key(ADDRESS), wallet_digest(message), signature)


def test_a_wallet_signs_the_text_as_it_is_shown() -> None:
    text = wallet_text(CONSTELLATION, REQUEST)
    assert text == TEXT.format(account=key_of("alice").address, agent=key_of("bot").address)
    wallet = Keypair.random()
    assert verify(wallet.raw_public_key(), wallet_digest(text), wallet.sign_message(text))


def test_a_dismissal_and_a_signer_that_is_named() -> None:
    text = wallet_text(CONSTELLATION, replace(REQUEST, signer=SIGNER, operation=DismissAgent(AGENT)))
    assert text is not None
    assert text.splitlines()[2:4] == [
        f"Signed by: {key_of('new key').address}",
        f"Dismiss agent: {key_of('bot').address}",
    ]


@pytest.mark.parametrize("number", [0, 1, 4711, 2**64 - 1])
def test_a_routing_id(number: int) -> None:
    text = wallet_text(CONSTELLATION, replace(REQUEST, operation=RegisterRouting(number)))
    assert text is not None
    assert text.splitlines() == [
        *TEXT.format(account=key_of("alice").address, agent="").splitlines()[:2],
        f"Register routing id: {number}",
        *TEXT.splitlines()[-2:],
    ]


@pytest.mark.parametrize("operation", [LockAccount(0, None), RotateKey(AGENT, bytes(64)), CloseAccount(ELSEWHERE)])
def test_other_requests_have_none(operation: Operation) -> None:
    assert wallet_text(CONSTELLATION, replace(REQUEST, operation=operation)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"account": SIGNER},
        {"signer": SIGNER},
        {"signer": ACCOUNT},
        {"nonce": 8},
        {"valid_until": REQUEST.valid_until + 1},
        {"operation": replace(APPOINTMENT, agent=SIGNER)},
        {"operation": replace(APPOINTMENT, rights=4)},
        {"operation": replace(APPOINTMENT, rights=13)},
        {"operation": replace(APPOINTMENT, expires_at=APPOINTMENT.expires_at + 1)},
        {"operation": DismissAgent(AGENT)},
        {"operation": RegisterRouting(7)},
    ],
    ids=str,
)
def test_every_part_of_a_request_counts(changes: dict[str, object]) -> None:
    assert wallet_text(CONSTELLATION, replace(REQUEST, **changes)) != wallet_text(CONSTELLATION, REQUEST)  # type: ignore[arg-type]
    assert wallet_text(bytes(32), REQUEST) != wallet_text(CONSTELLATION, REQUEST)


KEYS = st.sampled_from([ACCOUNT, AGENT, SIGNER])
TIMES = st.sampled_from([0, 7, 1_790_000_000_000_000]) | st.integers(-(2**63), 2**63 - 1)
REQUESTS = st.builds(
    Request,
    KEYS,
    st.none() | KEYS,
    TIMES,
    TIMES,
    st.builds(AppointAgent, KEYS, st.sampled_from([0, 1, 7, 8, 2**32 - 1]), TIMES)
    | st.builds(DismissAgent, KEYS)
    | st.builds(RegisterRouting, st.sampled_from([0, 7, 2**64 - 1])),
)


@given(REQUESTS, REQUESTS)
def test_no_two_requests_have_one_text(first: Request, second: Request) -> None:
    assert (wallet_text(CONSTELLATION, first) == wallet_text(CONSTELLATION, second)) == (first == second)


def test_no_two_rights_have_one_text() -> None:
    assert len({rights_text(rights) for rights in range(64)}) == 64
    assert (rights_text(0), rights_text(7), rights_text(8 + 2)) == ("none", "trade, pay, withdraw", "pay, 8")


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
def test_times_are_those_of_the_calendar(moment: datetime) -> None:
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    assert time_text(since // timedelta(microseconds=1)) == moment.isoformat(timespec="microseconds") + "Z"


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_no_two_times_have_one_text(first: int, second: int) -> None:
    assert (time_text(first) == time_text(second)) == (first == second)
