"""Pages of history and of orders against a straightforward recomputation, on every database."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from shutil import copyfile

import pytest
from sqlalchemy import Connection, Engine, insert, update

from constellation.chronicler import account_orders, effect_search, history_proofs, tables
from constellation.chronicler.account_history import answer_history
from constellation.chronicler.account_orders import answer_orders
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.history_proofs import DamagedChronicle
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    MAX_HISTORY_ITEMS,
    Code,
    EffectType,
    HistoryFilter,
    HistoryItem,
    HistoryPage,
    OrderRecord,
    QueryHistory,
    QueryOrders,
    encode_effect,
)
from constellation.protocol.proofs import check_finality, check_inclusion, check_signed_header
from tests.chronicler.chain import Chain
from tests.chronicler.databases import each_database_url
from tests.chronicler.naive_history import NaiveHistory
from tests.chronicler.test_writer import fill

__all__ = ["each_database_url"]

CHAIN = Chain(2, batches=12, quanta=25)
NAIVE = NaiveHistory(CHAIN)
TERMS = CHAIN.world.terms
EVERYBODY = [*NAIVE.effects, bytes(32)]
TRADER = CHAIN.traders[0].public


def history(**changes: object) -> QueryHistory:
    values: dict[str, object] = {
        "request_id": 7, "filter": HistoryFilter([], None, None, None, None), "cursor": None, "descending": False,
        "limit": 100, "proofs": False, "min_apex": 0, "sub_account": None,
    }  # fmt: skip
    return QueryHistory(**(values | changes))  # type: ignore[arg-type]


def orders(**changes: object) -> QueryOrders:
    values: dict[str, object] = {
        "request_id": 7, "market": None, "open": None, "since": None, "until": None, "cursor": None,
        "descending": False, "limit": 100, "min_apex": 0, "sub_account": None,
    }  # fmt: skip
    return QueryOrders(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def connection(each_database_url: str) -> Iterator[Connection]:
    engine = open_chronicle(each_database_url, CHAIN.world.settings)
    fill(engine, CHAIN)
    engine.dispose()
    reader = open_engine(each_database_url, read_only=True)
    with moment(reader) as connection:
        yield connection
    reader.dispose()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "c.sqlite"
    engine = open_chronicle(sqlite_url(path), CHAIN.world.settings)
    fill(engine, CHAIN)
    engine.dispose()
    return path


@pytest.fixture
def sqlite(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy, to be spoilt."""
    engine = open_engine(sqlite_url(copyfile(filled, tmp_path / "c.sqlite")))
    yield engine
    engine.dispose()


def read_all(connection: Connection, account: bytes, query: QueryHistory) -> list[HistoryItem]:
    found: list[HistoryItem] = []
    for _ in range(10_000):
        page = answer_history(connection, TERMS, account, query)
        assert (page.request_id, page.apex) == (7, NAIVE.apex)
        assert len(page.items) <= query.limit
        found += page.items
        if not page.more:
            return found
        assert page.cursor is not None
        assert page.cursor != query.cursor
        query.cursor = page.cursor
    raise AssertionError("pages without end")


def read_all_orders(connection: Connection, account: bytes, query: QueryOrders) -> list[OrderRecord]:
    found: list[OrderRecord] = []
    for _ in range(10_000):
        page = answer_orders(connection, account, query)
        assert len(page.orders) <= query.limit
        found += page.orders
        if not page.more:
            return found
        assert page.cursor not in (None, query.cursor)
        query.cursor = page.cursor
    raise AssertionError("pages without end")


def random_time(random: Random, account: bytes) -> int | None:
    own = NAIVE.effects.get(account)
    if own is None or random.random() < 0.5:
        return None
    return random.choice(own).item.timestamp + random.choice((-1, 0, 0, 1))


def random_times(random: Random, account: bytes) -> tuple[int | None, int | None]:
    since, until = random_time(random, account), random_time(random, account)
    return (until, since) if since is not None and until is not None and since > until else (since, until)


def random_history(random: Random, account: bytes) -> QueryHistory:
    since, until = random_times(random, account)
    kinds = random.sample(list(EffectType), random.choice((0, 0, 1, 2, 5, len(EffectType))))
    asset, market = random.choice(
        ((None, None), (None, None), (random.randrange(4), None), (None, random.randrange(3)))
    )
    return history(
        filter=HistoryFilter(kinds + kinds[:1], asset, market, since, until),
        cursor=random.choice((None, 0, 1, random.randrange(400), 2**63 - 1)),
        descending=random.random() < 0.5,
        limit=random.choice((1, 3, 20, MAX_HISTORY_ITEMS)),
    )


@pytest.mark.parametrize("looks", [3, 2000])
def test_every_filter_in_both_directions(connection: Connection, monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    monkeypatch.setattr(effect_search, "HISTORY_LOOKS_MAX", looks)
    random = Random(looks)
    seen = 0
    for _ in range(40):
        account = random.choice(EVERYBODY)
        query = random_history(random, account)
        expected = NAIVE.history(account, query)
        shown = QueryHistory.from_xdr(query.to_xdr())
        assert read_all(connection, account, query) == expected, shown
        seen += len(expected)
    assert seen > 200


@pytest.mark.parametrize("looks", [3, 2000])
def test_orders_by_every_filter_in_both_directions(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    monkeypatch.setattr(account_orders, "HISTORY_LOOKS_MAX", looks)
    random = Random(looks)
    seen = 0
    for _ in range(40):
        account = random.choice(EVERYBODY)
        since, until = random_times(random, account)
        query = orders(
            market=random.choice((None, None, 0, 1)),
            open=random.choice((None, True, False)),
            since=since,
            until=until,
            cursor=random.choice((None, 0, random.randrange(300), 2**63 - 1)),
            descending=random.random() < 0.5,
            limit=random.choice((1, 4, MAX_HISTORY_ITEMS)),
        )
        expected = NAIVE.past_orders(account, query)
        shown = QueryOrders.from_xdr(query.to_xdr())
        assert read_all_orders(connection, account, query) == expected, shown
        seen += len(expected)
    assert seen > 50


def test_there_is_something_of_everything() -> None:
    kinds = {past.kind for own in NAIVE.effects.values() for past in own}
    assert {EffectType.TRADE, EffectType.DEPOSIT_CREDITED, EffectType.ORDER_CLOSED, EffectType.PAYMENT_SENT} <= kinds
    assert any(order.closed is None for own in NAIVE.orders.values() for order in own.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": 0}, "limit 0: a page has from 1 to 1000 items"),
        ({"limit": 2**32 - 1}, "limit 4294967295: a page has from 1 to 1000 items"),
        ({"limit": 65, "proofs": True}, "limit 65: a page with proofs has at most 64 items"),
        ({"cursor": 2**63}, "cursor 9223372036854775808: the largest is"),
        ({"cursor": 2**64 - 1}, "cursor 18446744073709551615: the largest is"),
        ({"min_apex": 2**64 - 1}, "min_apex 18446744073709551615: the last quantum"),
        ({"filter": HistoryFilter([], None, None, 2, 1)}, "since 2 is after until 1"),
        ({"filter": HistoryFilter([], 0, 0, None, None)}, "of an asset or of a market, never of both"),
        (
            {"filter": HistoryFilter([], 2**32 - 1, None, None, None)},
            "asset 4294967295: the numbers of",
        ),
        ({"filter": HistoryFilter([], None, 2**31, None, None)}, "market 2147483648: the numbers of"),
    ],
)
def test_wrong_questions_are_told_what_would_be_right(sqlite: Engine, changes: dict[str, object], message: str) -> None:
    with moment(sqlite) as connection, pytest.raises(Rejection) as refused:
        answer_history(connection, TERMS, TRADER, history(**changes))
    assert refused.value.code is Code.INVALID_QUERY
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": 0}, "limit 0"),
        ({"cursor": 2**64 - 1}, "cursor"),
        ({"min_apex": 2**60}, "min_apex"),
        ({"since": 2, "until": 1}, "since 2 is after until 1"),
        ({"market": 1024}, "market 1024"),
    ],
)
def test_wrong_questions_for_orders(sqlite: Engine, changes: dict[str, object], message: str) -> None:
    with moment(sqlite) as connection, pytest.raises(Rejection, match=message) as refused:
        answer_orders(connection, TRADER, orders(**changes))
    assert refused.value.code is Code.INVALID_QUERY


def test_extreme_numbers_reach_the_database(connection: Connection) -> None:
    extremes = HistoryFilter([EffectType.TRADE], None, 1023, -(2**63), 2**63 - 1)
    for descending in (False, True):
        page = answer_history(connection, TERMS, TRADER, history(filter=extremes, descending=descending))
        assert (page.items, page.more) == ([], False)
        query = orders(since=-(2**63), until=2**63 - 1, cursor=2**63 - 1, market=1023, descending=descending)
        assert answer_orders(connection, TRADER, query).orders == []


def test_who_is_not_known_gets_an_empty_page(connection: Connection) -> None:
    page = answer_history(connection, TERMS, bytes(32), history(cursor=5, proofs=True, limit=10))
    assert page == HistoryPage(7, NAIVE.apex, [], [], 5, False)
    assert answer_orders(connection, bytes(32), orders()).orders == []


def test_a_page_ends_where_the_next_one_begins(connection: Connection) -> None:
    own = NAIVE.effects[TRADER]
    page = answer_history(connection, TERMS, TRADER, history(limit=1))
    assert (page.cursor, page.more) == (1, True)
    page = answer_history(connection, TERMS, TRADER, history(cursor=len(own) - 1))
    assert ([item.number for item in page.items], page.cursor, page.more) == ([len(own)], len(own), False)
    page = answer_history(connection, TERMS, TRADER, history(cursor=page.cursor))
    assert (page.items, page.cursor, page.more) == ([], len(own), False)


# --- proofs ---------------------------------------------------------------------------------------------------------


def check_page(account: bytes, page: HistoryPage) -> None:
    """Every item is in a proof that holds, with nothing but the terms."""
    proven: dict[int, tuple[int, int, int, bytes]] = {}
    for proof in page.proofs:
        header = proof.signed_header.header
        assert check_finality(TERMS, proof.finality)[header.number] == check_signed_header(TERMS, proof.signed_header)
        for event in proof.events:
            check_inclusion(header, event)
            assert event.group.account == account
            for place, effect in enumerate(event.group.effects):
                proven[event.group.first_number + place] = (
                    event.leaf.apex, event.leaf.timestamp, header.number, encode_effect(effect),
                )  # fmt: skip
    for item in page.items:
        assert proven[item.number] == (item.apex, item.timestamp, item.batch, encode_effect(item.effect))


@pytest.mark.parametrize("descending", [False, True])
def test_proofs_hold_whether_a_batch_has_its_own_certificate_or_not(connection: Connection, descending: bool) -> None:
    ancestors = 0
    for account in NAIVE.effects:
        query = history(limit=64, proofs=True, descending=descending)
        found: list[HistoryItem] = []
        while True:
            page = answer_history(connection, TERMS, account, query)
            check_page(account, page)
            assert len(page.proofs) <= history_proofs.HISTORY_PROOF_BATCHES_MAX
            ancestors += sum(len(proof.finality.ancestors) for proof in page.proofs)
            found += page.items
            if not page.more:
                break
            query.cursor = page.cursor
        assert found == NAIVE.history(account, history(descending=descending))
    assert ancestors > 0


@pytest.mark.parametrize(
    "bound", ["HISTORY_PROOF_BATCHES_MAX", "HISTORY_PROOF_READ_MAX_BYTES", "HISTORY_PROOF_MAX_BYTES"]
)
def test_a_page_with_proofs_ends_early_rather_than_grow(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(history_proofs, bound, 1)
    with moment(sqlite) as connection:
        page = answer_history(connection, TERMS, TRADER, history(limit=64, proofs=True))
    check_page(TRADER, page)
    assert (len(page.proofs), page.more, page.cursor) == (1, True, page.items[-1].number)
    if bound == "HISTORY_PROOF_MAX_BYTES":
        assert len(page.proofs[0].events) == 1, "not even the effects of one batch have room"


def test_an_endless_chain_of_headers_is_refused(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_proofs, "MAX_ANCESTORS", 0)
    uncertified = next(link for link in CHAIN.links if link.item.certificate is None)
    number = uncertified.sealed.header.number
    item = next(past.item for own in NAIVE.effects.values() for past in own if past.item.batch == number)
    account = next(key for key, own in NAIVE.effects.items() if any(past.item is item for past in own))
    with moment(sqlite) as connection, pytest.raises(Rejection) as refused:
        answer_history(connection, TERMS, account, history(cursor=item.number - 1, limit=1, proofs=True))
    assert refused.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("record", [b"", b"x" * 400])
def test_a_damaged_batch_is_noticed(sqlite: Engine, record: bytes) -> None:
    with sqlite.begin() as connection:
        connection.execute(update(tables.batches).values(record=record))
    with moment(sqlite) as connection, pytest.raises(DamagedChronicle):
        answer_history(connection, TERMS, TRADER, history(limit=1, proofs=True))


def test_rows_that_are_not_of_their_batch_are_noticed(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        connection.execute(insert(tables.accounts).values(id=1000, key=bytes(32)))
        own = (tables.effects.c.account == 2) & (tables.effects.c.number == 1)
        connection.execute(update(tables.effects).where(own).values(account=1000))
    with moment(sqlite) as connection, pytest.raises(DamagedChronicle, match="other effects than its rows"):
        answer_history(connection, TERMS, bytes(32), history(limit=1, proofs=True))


def test_what_happened_to_keys_and_locks(tmp_path: Path) -> None:
    chain = Chain(3, 12, 100, with_keys=True)
    naive, kinds = NaiveHistory(chain), [kind for kind in EffectType if kind >= EffectType.AGENT_APPOINTED]
    engine = open_chronicle(sqlite_url(tmp_path / "c.sqlite"), chain.world.settings)
    fill(engine, chain)
    seen: set[str] = set()
    with moment(engine) as connection:
        for account in naive.effects:  # traders, and their sub-accounts
            query = history(filter=HistoryFilter(kinds, None, None, None, None), limit=MAX_HISTORY_ITEMS)
            page = answer_history(connection, chain.world.terms, account, query)
            assert page.items == naive.history(account, query)
            seen |= {type(item.effect).__name__ for item in page.items}
    engine.dispose()
    of_keys = {"AgentAppointed", "AgentDismissed", "KeyRotated", "LockChanged"}
    assert seen == {*of_keys, "SubAccountOpened", "SubAccountMerged"}
