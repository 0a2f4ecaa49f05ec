"""A feed that begins in the middle knows what one knows that has followed everything."""

from pathlib import Path

import pytest

from constellation.chronicler.candles import PERIODS
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter
from constellation.marketdata import MarketData, MarketStart
from constellation.marketdata.start import read_start
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from tests.chronicler.chain import Chain


def content(live: MarketData, now_us: int) -> object:
    markets = range(len(live.listing.markets))
    return (
        live.sequence,
        live.timestamp,
        [(live.books[m].levels.bids(), live.books[m].levels.asks()) for m in markets],
        len(live.books),
        [live.ticker(m, now_us) for m in markets],
        [list(live.recent_trades(m).trades) for m in markets],
        [live.advance_candle(m, period, now_us).open for m in markets for period in PERIODS],
        [live.status(market) for market in live.listing.markets],
    )


@pytest.mark.parametrize("written", [0, 1, 3, 9, 22])
def test_it_goes_on_as_if_it_had_been_there_from_the_beginning(tmp_path: Path, written: int) -> None:
    chain = Chain(seed=7, batches=20, quanta=25)
    settings = chain.world.settings
    engine = open_chronicle(sqlite_url(tmp_path / "c.sqlite"), settings)
    intake, writer = Intake(Terms(settings), Tip.genesis(settings), 0), ChronicleWriter(engine)
    certain = 0
    for item in list(chain.items())[:written]:
        if final := intake.take(item):
            writer.write(final)
            certain = final[-1].number
    engine.dispose()
    first_us = chain.links[0].sealed.header.timestamp
    whole = MarketData(settings, MarketStart(), first_us)
    for link in chain.links[:certain]:
        whole.take(link.sealed, link.sealed.header.timestamp)
    reading = open_engine(sqlite_url(tmp_path / "c.sqlite"), read_only=True)
    with moment(reading) as connection:
        in_force, start = read_start(connection, settings)
        late = MarketData(in_force, start, max(first_us, whole.timestamp))
    reading.dispose()
    assert content(late, whole.timestamp) == content(whole, whole.timestamp)
    for link in chain.links[certain:]:
        now_us = link.sealed.header.timestamp
        for live in (whole, late):
            live.take(link.sealed, now_us)
        assert content(late, now_us) == content(whole, now_us)
