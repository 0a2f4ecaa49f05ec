import pytest

from constellation.stellarlink.toid import ledger_end, ledger_of, transaction_end, whole_ledgers


def test_places_follow_sep_35():
    assert ledger_of(429496733697) == 100  # TOID(100, 1, 1), the example of SEP-35
    assert transaction_end(429496733696) == 429496733696 + 0xFFF
    assert ledger_end(100) == (101 << 32) - 1


@pytest.mark.parametrize(
    ("cursor", "ledger"), [((100 << 32) - 1, 99), (100 << 32, 99), (ledger_end(100) - 1, 99), (ledger_end(100), 100)]
)
def test_a_ledger_counts_only_as_a_whole(cursor, ledger):
    assert whole_ledgers(cursor) == ledger
