"""Proofs of the state through the client."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import OrderEntry, Side, StateProof, decode_client_message, encode_client_message
from constellation.protocol.terms import Terms
from constellation.sdk import Client, Code, ExchangeError, InvalidRequest, VerificationFailed, check_state
from constellation.sdk.markets import Catalogue
from constellation.sdk.proven import ProofReader
from tests.gateway.harness import ANNA, AUDITORS, BERT, USD, Alpha, Pipe, key
from tests.gateway.live import LiveAlpha, live


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    alpha = Alpha().fund(ANNA, BERT)
    async with live(alpha) as server:
        alpha.deposit(ANNA, USD, ONE)
        alpha.settle(checkpoint=True)
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with Client(server.url, server.alpha.settings, ANNA) as client:
        yield client


def take_checkpoint(server: LiveAlpha) -> None:
    server.alpha.deposit(BERT, USD, ONE)
    server.alpha.settle(checkpoint=True)


async def test_account_is_proven(server: LiveAlpha, anna: Client) -> None:
    proven = await anna.prove_account()
    header = server.alpha.sealed[-1][0].header
    assert proven.value is not None
    assert proven.value.balances["USD"].total == Decimal(1001)
    assert proven.value.balances == (await anna.account()).balances
    assert (proven.value.address, proven.value.effect_number) == (ANNA.address, 9)
    assert (proven.batch, proven.apex, proven.timestamp) == (header.number, header.last_apex, header.timestamp)
    assert proven.header_hash == server.alpha.sealed[-1][0].digest
    assert proven.auditors == tuple(auditor.address for auditor in AUDITORS[:2])
    found = check_state(server.alpha.settings, proven.key, proven.proof)
    assert found.digest == proven.header_hash


async def test_account_that_does_not_exist_is_proven_not_to(server: LiveAlpha) -> None:
    async with Client(server.url, server.alpha.settings, key("nobody")) as client:
        assert (await client.prove_account()).value is None


async def test_orders_and_withdrawals_are_proven_while_they_are_open(server: LiveAlpha, anna: Client) -> None:
    order = await anna.create_order("XLM/USD", "sell", "0.25", 10)
    armed = await anna.create_order("XLM/USD", "sell", "0.1", 2, trigger="stop", trigger_price="0.1")
    withdrawal = await anna.withdraw("XLM", 3, key("elsewhere").public)
    with pytest.raises(ExchangeError) as refused:
        await anna.prove_order(order.order_id)
    assert refused.value.code is Code.UNAUTHORIZED, "no checkpoint has it yet"
    take_checkpoint(server)
    proven = await anna.prove_order(order.order_id)
    assert (proven.value.order_id, proven.value.market, proven.value.price) == (
        order.order_id, "XLM/USD", Decimal("0.25"),
    )  # fmt: skip
    waiting = (await anna.prove_armed_order(armed.order_id)).value
    assert (waiting,) == (await anna.account()).armed
    assert (waiting.order_id, waiting.trigger_price) == (armed.order_id, Decimal("0.1"))
    for of_another_kind in (anna.prove_armed_order(order.order_id), anna.prove_order(armed.order_id)):
        with pytest.raises(ExchangeError):
            await of_another_kind
    assert (await anna.prove_withdrawal(withdrawal.apex)).value.amount == Decimal(3)
    async with Client(server.url, server.alpha.settings, BERT) as bert:
        with pytest.raises(ExchangeError) as refused:
            await bert.prove_order(order.order_id)
        assert refused.value.code is Code.UNAUTHORIZED
    await anna.cancel_order(order.order_id)
    take_checkpoint(server)
    with pytest.raises(ExchangeError):
        await anna.prove_order(order.order_id)
    with pytest.raises(InvalidRequest):
        await anna.prove_order(-1)


async def test_totals_are_proven(anna: Client) -> None:
    proven = await anna.prove_totals()
    assert proven.value == {"XLM": Decimal(2000), "USD": Decimal(2001), "EUR": Decimal(2000)}


def reader(name: object = ANNA) -> ProofReader:
    settings = Alpha().settings
    return ProofReader(Catalogue(settings), name.public, lambda: Terms(settings))  # type: ignore[attr-defined]


def proof() -> StateProof:
    alpha = Alpha().fund(ANNA)
    alpha.deposit(ANNA, USD, ONE)
    alpha.settle(checkpoint=True)
    pipe = Pipe(alpha).connect()
    from constellation.protocol.messages import StateEntryType

    pipe.client.query_proof(StateEntryType.ACCOUNT_ENTRY, ANNA.public)
    assert pipe.session is not None
    for data in pipe.client.data_to_send():
        pipe.session.receive_data(data)
    (answer,) = (decode_client_message(data) for data in pipe.session.data_to_send())
    assert isinstance(answer, StateProof)
    return answer


def test_proof_of_something_else_is_refused() -> None:
    good = proof()
    assert reader().account(good).value is not None
    entry = OrderEntry(1, ANNA.public, 0, Side.BUY, 1, 1, "", None, None)
    for bad in (
        replace(good, entry=None),
        replace(good, entry=entry),
        replace(good, bucket_proof=replace(good.bucket_proof, path=[])),
        replace(good, finality=replace(good.finality, certificate=replace(good.finality.certificate, signatures=[]))),
    ):
        with pytest.raises(VerificationFailed):
            reader().account(bad)
    with pytest.raises(VerificationFailed):
        reader(BERT).account(good)
    with pytest.raises(VerificationFailed):
        reader().order(1, good)
    with pytest.raises(VerificationFailed):
        reader().totals(good)


def test_proof_is_kept_as_bytes() -> None:
    good = proof()
    assert StateProof.from_xdr(good.to_xdr()) == good
    assert decode_client_message(encode_client_message(good)) == good


@pytest.mark.executes("docs/coding/proofs.md", python=2)
async def test_example_of_the_page_for_traders(
    server: LiveAlpha, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs/coding/proofs.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in page.split("```python\n")[1:]:
        exec(block.split("```")[0], names)
    async with Client(server.url, server.alpha.settings, ANNA) as client:
        names["settings"] = server.alpha.settings
        await names["keep_proof"](client)  # type: ignore[operator]
    names["check_proof"](server.alpha.settings, ANNA.address)  # type: ignore[operator]
    assert "USD 1001" in capsys.readouterr().out
