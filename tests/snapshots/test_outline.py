"""Events that are cut out of a row are those that the sealed batch gives, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.quanta import SealedBatch, batch_effects
from constellation.snapshots import DamagedLog
from constellation.snapshots.outline import account_events, pack_outline
from tests.snapshots.support import History


def accounts(sealed: SealedBatch) -> list[bytes]:
    return list(dict.fromkeys(group.account for executed in sealed.executed for group in executed.groups))


def test_events_are_those_of_the_sealed_batch(past: History) -> None:
    for sealed in past.sealed:
        outline, effects = pack_outline(sealed), batch_effects(sealed).to_xdr()
        for account in accounts(sealed):
            expected = [
                sealed.event(place, group_place)
                for place, executed in enumerate(sealed.executed)
                for group_place, group in enumerate(executed.groups)
                if group.account == account
            ]
            assert account_events(sealed.header, outline, effects, account, 0) == expected
            numbers = [event.group.first_number + len(event.group.effects) - 1 for event in expected]
            rest = account_events(sealed.header, outline, effects, account, numbers[0])
            assert rest == expected[1:]
            assert account_events(sealed.header, outline, effects, account, numbers[0] - 1) == expected
            assert account_events(sealed.header, outline, effects, account, numbers[-1]) == []
        assert account_events(sealed.header, outline, effects, b"nobody".ljust(32, b"-"), 0) == []


@given(data=st.data())
def test_changed_bytes_are_damage_or_concern_others(past: History, data: st.DataObject) -> None:
    sealed = data.draw(st.sampled_from([sealed for sealed in past.sealed if sealed.executed]))
    account = data.draw(st.sampled_from(accounts(sealed)))
    whole = pack_outline(sealed) + batch_effects(sealed).to_xdr()
    split = len(pack_outline(sealed))
    expected = account_events(sealed.header, whole[:split], whole[split:], account, 0)
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = account_events(sealed.header, bytes(changed[:split]), bytes(changed[split:]), account, 0)
    except DamagedLog:
        return
    assert all(event in expected for event in found), "nothing false is ever shown"


@pytest.mark.parametrize("cut", [0, 1, 83, 84])
def test_outline_of_another_length_is_damage(past: History, cut: int) -> None:
    sealed = next(sealed for sealed in past.sealed if len(sealed.executed) > 2)
    effects = batch_effects(sealed).to_xdr()
    with pytest.raises(DamagedLog):
        account_events(sealed.header, pack_outline(sealed)[:cut], effects, accounts(sealed)[0], 0)
