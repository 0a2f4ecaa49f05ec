import pytest

from constellation.protocol.messages import Payment
from constellation.protocol.quorum import check_quorum
from constellation.protocol.signing import Purpose, settings_constellation_id, signing_hash
from constellation.quanta import request_signature_fits, validate_settings
from constellation.testing import World
from constellation.testing.world import ONE, START_US, key_of


@pytest.mark.parametrize("auditors", [1, 2, 3, 19])
def test_worlds_are_valid_and_always_the_same(auditors: int) -> None:
    assert validate_settings(World(auditors=auditors).settings) == []
    assert World(auditors=auditors).settings == World(auditors=auditors).settings


def test_names_have_keys_of_their_own() -> None:
    assert key_of("alice").public == key_of("alice").public != key_of("bob").public


def test_requests_are_signed_and_numbered() -> None:
    world = World()
    first, second = (world.request(key_of("alice"), Payment(bytes(32), 0, 1)) for _ in range(2))
    assert (first.request.nonce, second.request.nonce) == (1, 2)
    assert request_signature_fits(settings_constellation_id(world.settings), first)
    chosen = world.request(key_of("alice"), Payment(bytes(32), 0, 1), nonce=9, valid_until=5)
    assert (chosen.request.nonce, chosen.request.valid_until) == (9, 5)


def test_reports_are_signed_by_a_quorum_and_go_on_where_the_machine_is() -> None:
    world = World(auditors=5)
    machine = world.machine()
    for _ in range(2):
        commit = world.commit(machine, [])
        digest = signing_hash(Purpose.LEDGER_REPORT, world.constellation, commit.report.to_xdr())
        check_quorum(world.settings, digest, commit.signatures)
        assert len(commit.signatures) == 3
        machine.execute(START_US, commit)


def test_funded_accounts_have_some_of_everything() -> None:
    world = World()
    machine = world.machine()
    [alice, bob] = world.funded(machine, "alice", "bob", amount=7 * ONE)
    for key in (alice, bob):
        balances = machine.state.vault.accounts[key.public].balances
        assert {asset: balance.amount for asset, balance in balances.items()} == dict.fromkeys(range(3), 7 * ONE)
