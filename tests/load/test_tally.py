import json

from constellation.load.tally import Tally


def filled(factor: int) -> Tally:
    tally = Tally()
    tally.sent["place"] = 5 * factor
    tally.accepted["place"] = 3 * factor
    tally.rejected["NO_QUORUM"] = factor
    tally.errors["VerificationFailed"] = factor
    tally.crossed, tally.fills, tally.unknown, tally.final, tally.not_final = (factor * n for n in range(1, 6))
    tally.reconnects, tally.lost, tally.elapsed_us, tally.cpu_us = (factor * n for n in range(6, 10))
    tally.acknowledgement.record(100, factor)
    tally.finality.record(200, factor)
    return tally


def test_workers_are_added_but_their_time_is_the_same_time() -> None:
    total = Tally()
    total.add(filled(1))
    total.add(filled(2))
    expected = filled(3)
    expected.elapsed_us = filled(2).elapsed_us
    assert total.to_json() == expected.to_json()


def test_sound_is_what_was_accepted_verified_and_kept_its_connections() -> None:
    tally = Tally()
    assert not tally.is_sound
    tally.accepted["pay"] = 1
    tally.errors["ConnectionClosed"] = 3
    assert tally.is_sound
    tally.errors["HistoryReplaced"] = 1
    assert not tally.is_sound
    del tally.errors["HistoryReplaced"]
    tally.lost = 1
    assert not tally.is_sound


def test_nothing_is_lost_on_the_way_through_json() -> None:
    document = json.loads(json.dumps(filled(7).to_json()))
    assert Tally.from_json(document).to_json() == filled(7).to_json()
    assert all(document.values())
