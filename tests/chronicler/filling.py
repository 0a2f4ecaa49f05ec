"""How tests write chains into databases."""

from collections.abc import Iterable, Sequence
from random import Random

from sqlalchemy import Engine

from constellation.chronicler.chronicle import read_terms
from constellation.chronicler.connections import moment
from constellation.chronicler.intake import FinalBatch, Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.protocol.messages import Settings
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from tests.chronicler.chain import Chain


def intake_at_genesis(chain: Chain) -> Intake:
    """For everything from the first item on."""
    return Intake(Terms(chain.world.settings), Tip.genesis(chain.world.settings), 0)


def intake_of(engine: Engine, settings: Settings) -> Intake:
    """For what follows what a database has."""
    with moment(engine) as connection:
        cursor = read_cursor(connection)
        return Intake(read_terms(connection, settings), cursor.tip, cursor.apex)


def final_batches(chain: Chain) -> list[FinalBatch]:
    """All batches, as an intake lets them through."""
    intake = intake_at_genesis(chain)
    return [final for item in chain.all_items() for final in intake.take(item)]


def fill(engine: Engine, chain: Chain) -> None:
    """Write everything, and the appointments."""
    intake = intake_at_genesis(chain)
    writer = ChronicleWriter(engine)
    for item in chain.all_items():
        if final := intake.take(item):
            writer.appoint(intake.terms.appointments)
            writer.write(final)


def pieces(batches: Sequence[FinalBatch], random: Random, longest: int = 6) -> Iterable[Sequence[FinalBatch]]:
    """Consecutive batches in groups of any length."""
    place = 0
    while place < len(batches):
        length = random.randint(1, longest)
        yield batches[place : place + length]
        place += length
