"""What histories must be: what a fresh one becomes that is filled from the certified log of an honest node."""

from contextlib import closing

from sqlalchemy import Engine

from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.digests import table_digests
from constellation.chronicler.intake import Intake
from constellation.chronicler.writer import ChronicleWriter
from constellation.protocol.limits import CHRONICLE_PAGE_BYTES
from constellation.protocol.messages import decode_chronicle_item
from constellation.quanta import Tip
from constellation.snapshots.chronicle_reader import ChronicleReader
from constellation.snapshots.directory import LOG_FILE
from constellation.testing.simulation.simulation import Simulation


def check_chronicles(simulation: Simulation) -> None:
    """Compare the tables of all chroniclers with those of a history that is made at once; note what is different."""
    if not simulation.chroniclers:
        return
    engine = open_chronicle("sqlite://", simulation.world.settings)
    _fill(engine, simulation)
    expected = _digests(engine)
    engine.dispose()
    for chronicler in simulation.chroniclers:
        engine = open_engine(sqlite_url(chronicler.database), read_only=True)
        found = _digests(engine)
        engine.dispose()
        for name, digest in expected.items():
            if found[name] != digest:
                simulation.oracles.find(f"{chronicler.name} has other {name} than its log")
        simulation.oracles.count("histories compared")


def _fill(engine: Engine, simulation: Simulation) -> None:
    writer = ChronicleWriter(engine)
    intake = Intake(simulation.world.terms, Tip.genesis(simulation.world.settings), 0)
    with closing(ChronicleReader.open(simulation.alpha.data_directory / LOG_FILE)) as reader:
        while items := reader.read(intake.number, intake.terms.term, CHRONICLE_PAGE_BYTES).items:
            for item in items:
                if final := intake.take(decode_chronicle_item(item)):
                    writer.write(final)


def _digests(engine: Engine) -> dict[str, bytes]:
    with moment(engine) as connection:
        return table_digests(connection)
