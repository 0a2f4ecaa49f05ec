"""Every table, row by row, against a recomputation that shares nothing with the writer."""

from random import Random

import pytest

from constellation.chronicler.chronicle import open_chronicle, read_terms, settings_in_force
from constellation.chronicler.connections import moment, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from tests.chronicler.chain import Chain
from tests.chronicler.databases import database_url
from tests.chronicler.filling import fill, final_batches, pieces
from tests.chronicler.naive_tables import NaiveTables, differences

__all__ = ["database_url"]

LEAPS_S = (1, 59, 60, 3_600, 86_400, 7 * 86_400, 31 * 86_400, 366 * 86_400)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_equal_a_recomputation(database_url: str, seed: int) -> None:
    chain = Chain(seed, batches=60, quanta=25, with_terms=seed % 2 == 0, leaps_s=LEAPS_S)
    expected = NaiveTables(link.sealed for link in chain.links)
    assert all(len(rows) > 1 for name, rows in expected.rows.items()), "the flow has some of everything"
    engine = open_chronicle(database_url, chain.world.settings)
    writer = ChronicleWriter(engine)
    for piece in pieces(final_batches(chain), Random(seed)):
        writer.write(piece)
    with moment(engine) as connection:
        assert differences(connection, expected) == []
        assert read_cursor(connection).apex == chain.machine.state.apex
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_tables_equal_a_recomputation_of_longer_flows(seed: int) -> None:
    chain = Chain(seed, batches=100, quanta=30, with_terms=seed % 2 == 0, leaps_s=LEAPS_S)
    engine = open_chronicle("sqlite://", chain.world.settings)
    writer = ChronicleWriter(engine)
    for piece in pieces(final_batches(chain), Random(seed), longest=20):
        writer.write(piece)
    with moment(engine) as connection:
        assert differences(connection, NaiveTables(link.sealed for link in chain.links)) == []
    engine.dispose()


def test_groupings_and_databases_make_no_difference(database_url: str) -> None:
    chain = Chain(7, batches=30, with_terms=True, leaps_s=LEAPS_S)
    digests = []
    for url in (database_url, sqlite_url(":memory:")):  # type: ignore[arg-type]
        engine = open_chronicle(url, chain.world.settings)
        fill(engine, chain)
        with moment(engine) as connection:
            digests.append(table_digests(connection))
        engine.dispose()
    assert digests[0] == digests[1]


def test_terms_and_settings_are_those_of_the_last_batch(database_url: str) -> None:
    chain = Chain(4, batches=40, with_terms=True)
    assert chain.machine.state.term > 1
    engine = open_chronicle(database_url, chain.world.settings)
    fill(engine, chain)
    with moment(engine) as connection:
        assert read_terms(connection, chain.world.settings).term == chain.machine.state.term
        assert settings_in_force(connection, chain.world.settings) == chain.machine.state.settings
    engine.dispose()
