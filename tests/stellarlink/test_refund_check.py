"""A plan that is consistent in itself, and says something else of the ledger than the signer's own server."""

from dataclasses import replace

import pytest
from stellar_sdk import ChangeTrust

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Code
from constellation.stellarlink.refund_check import check_obstacles, check_times, check_vault_and_channels
from constellation.stellarlink.refund_document import first_difference, plan_digest, plan_document
from constellation.stellarlink.refund_file import read_plan, write_plan
from constellation.stellarlink.refund_ledger import find_obstacles
from constellation.stellarlink.refund_model import Obstacle, RefundRefused, VaultLine
from constellation.stellarlink.refund_plan import make_plan
from tests.stellarlink.refund_world import USD, XLM, Ending, ending, ignore
from tests.stellarlink.support import CHANNELS, DOLLAR, OTHER, STELLAR_DOLLAR, TRADER, key


async def two_owners(world: Ending) -> None:
    await world.network.fund(OTHER.address)
    await world.deposit(TRADER, 100 * ONE)
    await world.deposit(TRADER, 50 * ONE, DOLLAR)
    await world.deposit(OTHER, 30 * ONE)
    await world.commit()
    world.pay(TRADER, OTHER, 1, 8 * ONE)
    world.pay(TRADER, key(90), 0, 3 * ONE)
    world.seal()


async def compare(world: Ending, facts, choices) -> list[str]:
    """What a signer finds who is shown these facts."""
    view = await world.view()
    notes = list(check_vault_and_channels(facts, view))
    history = view.history.until(facts.ledger)
    claims = await world.claims(replace(view, history=history))
    plan = make_plan(world.settings, claims, facts, choices)
    now = await find_obstacles(world.network, claims, ignore)
    return notes + check_obstacles(plan, facts.obstacles, now, view)


async def test_an_honest_plan_holds_also_later():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, choices, _ = await world.plan()
        assert await compare(world, facts, choices) == []
        await world.deposit(TRADER, 7)
        await world.deposit(OTHER, 8)
        assert await compare(world, facts, choices) == []


async def test_owners_are_not_declared_away():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, choices, _ = await world.plan()
        gone = {**facts.obstacles, (TRADER.address, XLM): Obstacle.NO_ACCOUNT}
        with pytest.raises(RefundRefused, match=f"{TRADER.address} has an account now"):
            await compare(world, replace(facts, obstacles=gone), choices)
        closed = {**facts.obstacles, (TRADER.address, USD): Obstacle.NO_TRUST_LINE}
        [note] = await compare(world, replace(facts, obstacles=closed), choices)
        assert note == f"{TRADER.address} could be paid {USD} now, where the plan says no_trust_line"


async def test_payments_that_would_fail_are_not_signed():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, choices, _ = await world.plan()
        without = {pair: item for pair, item in facts.obstacles.items() if pair != (OTHER.address, USD)}
        with pytest.raises(RefundRefused, match=r"cannot be paid USD:.* now \(no_trust_line\)"):
            await compare(world, replace(facts, obstacles=without), choices)
        await world.network.fund(key(90).address)
        with pytest.raises(RefundRefused, match="has an account now: plan again"):
            await compare(world, facts, choices)


async def test_an_owner_that_became_able_is_only_noted():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, choices, _ = await world.plan()
        await world.on_ledger(OTHER, ChangeTrust(STELLAR_DOLLAR))
        [note] = await compare(world, facts, choices)
        assert OTHER.address in note


async def test_the_vault_as_it_was_is_computed_from_what_it_is():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, _, _ = await world.plan()
        await world.deposit(TRADER, 5)
        for change, words in ((1, "0.0000001 are missing"), (-1, None)):
            lumens = VaultLine(facts.vault[XLM].amount + change, True)
            lied = replace(facts, vault={**facts.vault, XLM: lumens})
            view = await world.view()
            if words is None:
                [note] = list(check_vault_and_channels(lied, view))
                assert "0.0000001 of native more" in note
                continue
            with pytest.raises(RefundRefused, match=words):
                list(check_vault_and_channels(lied, view))
        without = {XLM: facts.vault[XLM]}
        with pytest.raises(RefundRefused, match="only one of the plan and the ledger has USD"):
            list(check_vault_and_channels(replace(facts, vault=without), view))
        with pytest.raises(RefundRefused, match="base reserves"):
            list(check_vault_and_channels(replace(facts, vault_reserves=facts.vault_reserves - 1), view))
        frozen = {**facts.vault, USD: VaultLine(facts.vault[USD].amount, False)}
        [note] = list(check_vault_and_channels(replace(facts, vault=frozen), view))
        assert "can pay USD" in note
        balances = tuple(replace(item, is_authorized=False) for item in view.vault.balances)
        with pytest.raises(RefundRefused, match="does not let the vault pay any more"):
            list(check_vault_and_channels(facts, replace(view, vault=replace(view.vault, balances=balances))))


async def test_channels_must_be_those_of_the_settings_with_their_numbers():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, _, view = await world.plan()
        for channels in (facts.channels[:1], facts.channels[::-1]):
            with pytest.raises(RefundRefused, match="channels are not those"):
                list(check_vault_and_channels(replace(facts, channels=channels), view))
        ahead = (facts.channels[0], replace(facts.channels[1], sequence=facts.channels[1].sequence + 1))
        with pytest.raises(RefundRefused, match=f"channel {CHANNELS[1].address} had sequence number"):
            list(check_vault_and_channels(replace(facts, channels=ahead), view))


async def test_times_are_compared_with_the_ledger():
    async with ending() as world:
        await two_owners(world)
        _, _, facts, choices, view = await world.plan()
        closed = facts.closed_at_s
        check_times(facts, choices, view, closed)

        def refusal(shown=facts, chosen=choices, at=closed) -> Code:
            with pytest.raises(RefundRefused) as caught:
                check_times(shown, chosen, view, at)
            return caught.value.code

        assert refusal(at=closed + 1) is Code.LEDGER_CONTRADICTION
        assert refusal(at=None) is Code.LEDGER_CONTRADICTION
        assert refusal(replace(facts, base_reserve=1)) is Code.LEDGER_CONTRADICTION
        assert refusal(replace(facts, ledger=view.info.latest_ledger + 1)) is Code.NOT_READY
        assert refusal(chosen=replace(choices, max_time_s=view.info.latest_closed_at_s)) is Code.EXPIRED
        too_long = replace(choices, max_time_s=closed + 30 * 86_400 + 1)
        assert refusal(chosen=too_long) is Code.VALIDITY_TOO_LONG


async def test_a_file_is_read_as_it_was_written():
    async with ending() as world:
        await two_owners(world)
        await world.deposit(OTHER, 5)
        plan, claims, facts, choices, view = await world.plan(
            donors=(OTHER.address,), set_aside=(USD,), operations=7, fee_per_operation=250
        )
        document = plan_document(world.settings, world.anchor, view.signers, view.history, claims, facts, choices, plan)
        signatures = {OTHER.address: [bytes(64)]}
        found = read_plan(write_plan(document, signatures))
        assert (found.anchor, found.facts, found.choices) == (world.anchor, facts, choices)
        assert (found.document, found.signatures) == (document, signatures)
        assert plan_digest(found.document) == plan_digest({**document, "signatures": {}})
        assert plan_digest({**document, "format": 2}) != plan_digest(document)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", Code.MALFORMED),
        (b"[]", Code.MALFORMED),
        (b"\xff", Code.MALFORMED),
        (b"[" * 100_000, Code.MALFORMED),
        (b'{"kind": "constellation refund plan", "format": 2}', Code.UNSUPPORTED_VERSION),
        (b'{"kind": "constellation refund plan", "format": 1}', Code.MALFORMED),
        (b'{"kind": "constellation refund plan", "format": 1, "signatures": {"G": []}}', Code.MALFORMED),
    ],
)
def test_what_is_no_plan_gets_a_code(text, code):
    with pytest.raises(RefundRefused) as caught:
        read_plan(text)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"a": 1, "b": [1, {"c": "x"}]}, None),
        ({"a": 2, "b": [1, {"c": "x"}]}, "a is 2, this node finds 1"),
        ({"a": True, "b": [1, {"c": "x"}]}, "a is True, this node finds 1"),
        ({"a": 1, "b": [1, {"c": "y"}]}, "b[1].c is 'y', this node finds 'x'"),
        ({"a": 1, "b": [1]}, "b has 1 entries, this node finds 2"),
        ({"a": 1, "b": [1, {"c": "x"}, 2]}, "b has 3 entries, this node finds 2"),
        ({"a": 1}, "b is missing"),
        ({"a": 1, "b": [1, {"c": "x"}], "d": 1}, "d does not belong there"),
        ({"a": 1, "b": {}}, "b is {}, this node finds [1, {'c': 'x'}]"),
    ],
)
def test_the_first_difference_is_named(found, words):
    assert first_difference({"a": 1, "b": [1, {"c": "x"}]}, found) == words
