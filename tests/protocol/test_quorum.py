import pytest

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import AuditorSignature, Code, QuorumRule
from constellation.protocol.quorum import check_quorum, quorum_of
from constellation.protocol.strkey import encode_public_key
from constellation.testing.world import World, key_of

MESSAGE = b"\x55" * 32


def world_of(auditors: int, rule: QuorumRule = QuorumRule.MAJORITY) -> World:
    world = World(auditors=auditors)
    world.settings.quorum_rule = rule
    return world


def signatures(world: World, count: int, message: bytes = MESSAGE) -> list[AuditorSignature]:
    return [AuditorSignature(key.public, key.sign(message)) for key in world.auditors[:count]]


def refused(code: Code, world: World, items: list[AuditorSignature]) -> str:
    with pytest.raises(VerificationError) as error:
        check_quorum(world.settings, MESSAGE, items)
    assert error.value.code is code, error.value
    return error.value.message


MAJORITY = [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10]
TWO_THIRDS = [1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 11, 12, 13, 13]


@pytest.mark.parametrize("auditors", range(1, 20))
@pytest.mark.parametrize(("rule", "table"), [(QuorumRule.MAJORITY, MAJORITY), (QuorumRule.TWO_THIRDS, TWO_THIRDS)])
def test_a_quorum_is_enough_and_one_less_is_not(auditors: int, rule: QuorumRule, table: list[int]) -> None:
    world = world_of(auditors, rule)
    quorum = quorum_of(world.settings)
    assert quorum == table[auditors - 1]
    assert 2 * quorum > auditors, "two quorums share an auditor"
    for count in range(auditors + 1):
        items = signatures(world, count)
        if count >= quorum:
            check_quorum(world.settings, MESSAGE, items)
            check_quorum(world.settings, MESSAGE, items[::-1])
        else:
            message = refused(Code.NOT_ENOUGH_SIGNATURES, world, items)
            assert message == f"{count} auditors signed, a quorum is {quorum}"


def test_two_thirds_survive_a_third_of_colluders() -> None:
    for auditors in range(1, 20):
        quorum = quorum_of(world_of(auditors, QuorumRule.TWO_THIRDS).settings)
        assert 3 * (2 * quorum - auditors) > auditors


def test_nobody_counts_twice() -> None:
    world = world_of(3)
    items = signatures(world, 2)
    for duplicated in ([items[0], items[0]], [*items, items[1]]):
        message = refused(Code.UNAUTHORIZED, world, duplicated)
        assert encode_public_key(duplicated[-1].auditor) in message
        assert "twice" in message


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_stranger_spoils_the_quorum(place: int) -> None:
    world = world_of(3)
    for stranger in (key_of("stranger"), world.alpha):
        items = signatures(world, 2)
        items.insert(place, AuditorSignature(stranger.public, stranger.sign(MESSAGE)))
        assert stranger.address in refused(Code.UNAUTHORIZED, world, items)


@pytest.mark.parametrize("place", range(5))
def test_a_surplus_signature_must_fit_too(place: int) -> None:
    world = world_of(5)
    items = signatures(world, 5)
    check_quorum(world.settings, MESSAGE, items)
    items[place] = AuditorSignature(items[place].auditor, items[(place + 1) % 5].signature)
    assert world.auditors[place].address in refused(Code.BAD_SIGNATURE, world, items)


def test_a_signature_of_something_else_does_not_fit() -> None:
    world = world_of(3)
    refused(Code.BAD_SIGNATURE, world, signatures(world, 2, b"\x66" * 32))
