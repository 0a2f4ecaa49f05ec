"""Request batches: one signature, a result for each operation, all or nothing on request."""

from hashlib import sha256
from random import Random

import pytest

from constellation.protocol.errors import Divergence, Rejection
from constellation.protocol.leaves import leaf_bodies, leaf_count, operation_hash
from constellation.protocol.limits import APEX_MAX, BATCH_MAX_QUANTA
from constellation.protocol.messages import (
    MAX_BATCH_OPERATIONS,
    Batch,
    BatchedOperation,
    BatchEffects,
    CancelOrder,
    CloseAccount,
    Code,
    LimitOrder,
    Operation,
    OperationRefused,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Payment,
    PaymentSent,
    Quantum,
    RegisterRouting,
    Request,
    Side,
    SignedRequest,
    SignedRequestBatch,
    TimeInForce,
    Withdrawal,
    encode_operation,
)
from constellation.protocol.proofs import check_inclusion
from constellation.protocol.signing import KeyPair, Purpose, signing_hash
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta import (
    Executed,
    Machine,
    Tip,
    batch_effects,
    check_client_signatures,
    conservation_errors,
    replay,
    request_signature_fits,
    reseal,
    seal,
    signed_batch,
)
from constellation.testing import World, random_quanta
from constellation.testing.flow.requests import random_batch
from constellation.testing.world import ONE, START_US, key_of, to
from tests.quanta.photograph import photograph
from tests.quanta.stage import EUR, LUMENS, USD, Stage, effects_for, root_from_scratch

GTC, IOC = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL
BOB = key_of("bob").public


def buy(price: int = 2_500, amount: int = ONE) -> LimitOrder:
    return LimitOrder(0, Side.BUY, price, amount, GTC, None)


def sell(price: int = 2_600, amount: int = ONE) -> LimitOrder:
    return LimitOrder(0, Side.SELL, price, amount, GTC, None)


def refusals(executed: list[Executed], who: KeyPair) -> list[Code | None]:
    """Why each operation was refused; None for those that were executed."""
    codes: list[Code | None] = []
    for item in executed:
        effects = effects_for(item, who)
        refused = [effect.code for effect in effects if isinstance(effect, OperationRefused)]
        assert not refused or effects == [OperationRefused(refused[0])], "what is refused does nothing else"
        codes.append(refused[0] if refused else None)
    return codes


# One after the other


def test_each_operation_is_a_quantum_of_its_own() -> None:
    stage = Stage()
    alice, _ = stage.funded("alice", "bob")
    before = stage.machine.state.apex
    executed = stage.runs_batch(alice, buy(), Payment(BOB, USD, 7), CancelOrder(before + 1))
    assert [item.leaf.apex for item in executed] == [before + 1, before + 2, before + 3]
    assert [item.place for item in executed] == [0, 1, 2]
    assert [item.is_last for item in executed] == [False, False, True]
    assert stage.machine.state.apex == before + 3
    assert OrderPlaced(before + 1, 0, Side.BUY, 2_500, ONE) in effects_for(executed[0], alice)
    assert PaymentSent(BOB, USD, 7) in effects_for(executed[1], alice)
    assert len({item.leaf.timestamp for item in executed}) == 1
    numbers = [group.first_number for item in executed for group in item.groups if group.account == alice.public]
    lengths = [len(effects_for(item, alice)) for item in executed]
    assert numbers == [numbers[0], numbers[0] + lengths[0], numbers[0] + lengths[0] + lengths[1]]


def test_an_operation_can_use_what_an_earlier_one_has_freed() -> None:
    stage = Stage()
    (alice,) = stage.funded("alice", amount=2 * ONE)
    everything = stage.machine.state.vault.available(stage.machine.state.vault.accounts[alice.public], USD)
    first = stage.runs_batch(alice, Payment(BOB, LUMENS, ONE), Payment(BOB, USD, everything))
    assert refusals(first, alice) == [None, None]


def test_what_breaks_a_rule_has_that_as_its_only_effect_and_takes_an_apex() -> None:
    stage = Stage()
    alice, _ = stage.funded("alice", "bob")
    executed = stage.runs_batch(alice, CancelOrder(1), buy(-1), Payment(BOB, USD, 7), buy(2_500, 1))
    assert refusals(executed, alice) == [Code.ORDER_NOT_FOUND, Code.INVALID_PRICE, None, Code.OFF_LOT]
    assert stage.machine.state.vault.accounts[alice.public].nonce == 1
    assert stage.refuses(alice, Payment(BOB, USD, 7), nonce=1) is Code.NONCE_TOO_LOW


def test_a_batch_of_nothing_but_refusals_is_recorded() -> None:
    stage = Stage()
    (alice,) = stage.funded("alice")
    assert refusals(stage.runs_batch(alice, CancelOrder(1), CancelOrder(2)), alice) == [Code.ORDER_NOT_FOUND] * 2


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_all_operations_together_make_as_many_fills_as_one_may(all_or_nothing: bool) -> None:
    stage = Stage(fills=3)
    alice, bob, _ = stage.funded("alice", "bob", "carol")
    for _ in range(8):
        stage.places(bob, Side.SELL, ONE, 2_500)
    executed = stage.runs_batch(
        alice, *[buy(2_500, 2 * ONE), buy(2_500, 2 * ONE), buy(2_500), buy(2_400)], all_or_nothing=all_or_nothing
    )
    closed = [[effect for effect in effects_for(item, alice) if isinstance(effect, OrderClosed)] for item in executed]
    reasons = [[(effect.reason, effect.remaining) for effect in effects] for effects in closed]
    filled, limit = OrderCloseReason.FILLED, OrderCloseReason.FILL_LIMIT
    assert reasons == [[(filled, 0)], [(limit, ONE)], [(limit, ONE)], []]
    assert effects_for(stage.places(alice, Side.BUY, 3 * ONE, 2_500), alice)[-1:] != [], "the next has its own limit"
    assert len(stage.machine.state.vault.accounts[bob.public].orders) == 2


def test_the_most_operations() -> None:
    stage = Stage()
    stage.world.settings.limits.open_orders = MAX_BATCH_OPERATIONS
    stage.restart()
    (alice,) = stage.funded("alice")
    executed = stage.runs_batch(alice, *[buy(2_000 + place) for place in range(MAX_BATCH_OPERATIONS)])
    assert refusals(executed, alice) == [None] * MAX_BATCH_OPERATIONS
    assert list(stage.machine.state.vault.accounts[alice.public].orders) == [item.leaf.apex for item in executed]


def test_one_more_cannot_be_encoded_nor_decoded() -> None:
    world = World()
    most = world.batch(world.alpha, [CancelOrder(7)] * MAX_BATCH_OPERATIONS)
    with pytest.raises(UnencodableMessage):
        world.batch(world.alpha, [CancelOrder(7)] * (MAX_BATCH_OPERATIONS + 1))
    xdr = most.to_xdr()
    operation, count = encode_operation(CancelOrder(7)), MAX_BATCH_OPERATIONS
    assert xdr.count(count.to_bytes(4, "big") + operation) == 1
    longer = xdr.replace(count.to_bytes(4, "big") + operation, (count + 1).to_bytes(4, "big") + 2 * operation)
    with pytest.raises(MalformedMessage, match="operations"):
        SignedRequestBatch.from_xdr(longer)


# Refused as a whole


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_an_empty_batch_is_refused(all_or_nothing: bool) -> None:
    stage = Stage()
    (alice,) = stage.funded("alice")
    assert stage.refuses_batch(alice, all_or_nothing=all_or_nothing) is Code.EMPTY_BATCH


@pytest.mark.parametrize("all_or_nothing", [False, True])
@pytest.mark.parametrize(
    "operation", [Withdrawal(USD, ONE, to(key_of("alice"))), CloseAccount(to(key_of("alice"))), RegisterRouting(7)]
)
def test_what_needs_a_request_of_its_own_is_refused_before_anything_is_done(
    operation: Operation, all_or_nothing: bool
) -> None:
    stage = Stage()
    (alice,) = stage.funded("alice")
    assert stage.refuses_batch(alice, buy(), operation, all_or_nothing=all_or_nothing) is Code.NOT_IN_BATCH


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"nonce": 0}, Code.INVALID_NONCE),
        ({"nonce": 5}, Code.NONCE_TOO_LOW),
        ({"valid_until": START_US - 1}, Code.EXPIRED),
        ({"valid_until": START_US + 300_000_001}, Code.VALIDITY_TOO_LONG),
    ],
)
def test_the_rules_of_requests_hold(options: dict[str, int], code: Code) -> None:
    stage = Stage()
    alice, _ = stage.funded("alice", "bob")
    stage.runs_batch(alice, Payment(BOB, USD, 1), nonce=5)
    assert stage.refuses_batch(alice, Payment(BOB, USD, 1), all_or_nothing=False, **options) is code


def test_strangers_and_closed_accounts() -> None:
    stage = Stage()
    assert stage.refuses_batch(key_of("nobody"), CancelOrder(1), all_or_nothing=False) is Code.UNKNOWN_ACCOUNT
    (alice,) = stage.funded("alice")
    balance = stage.machine.state.vault.accounts[alice.public].balances[LUMENS]
    order = stage.places(alice, Side.BUY, ONE, 2_500).leaf.apex
    stage.machine.state.vault.held[LUMENS] -= balance.amount
    balance.amount = 0
    assert stage.refuses_batch(alice, CancelOrder(order), buy(), all_or_nothing=False) is Code.ACCOUNT_CLOSED
    stage.machine.state.changed[b"\x02" + alice.public] = None
    assert refusals(stage.runs_batch(alice, CancelOrder(order)), alice) == [None]


def test_there_are_numbers_for_all_of_it_or_none_is_executed() -> None:
    stage = Stage()
    alice, _ = stage.funded("alice", "bob")
    stage.machine.state.apex = APEX_MAX - 1
    assert stage.refuses_batch(alice, Payment(BOB, USD, 1), Payment(BOB, USD, 1)) is Code.HALTED
    stage.runs_batch(alice, Payment(BOB, USD, 1))


# All or nothing


def test_all_of_it_is_done_as_if_nothing_had_been_asked_for() -> None:
    pictures = []
    for all_or_nothing in (False, True):
        stage = Stage(maker_fee_ppm=100, taker_fee_ppm=200)
        alice, bob = stage.funded("alice", "bob")
        stage.places(bob, Side.SELL, ONE, 2_500)
        stage.runs_batch(alice, buy(2_500, 3 * ONE), buy(2_400), Payment(BOB, EUR, 5), all_or_nothing=all_or_nothing)
        pictures.append(photograph(stage.machine.state))
    assert pictures[0] == pictures[1]


def test_one_refusal_refuses_it_and_names_the_operation() -> None:
    stage = Stage()
    alice, _ = stage.funded("alice", "bob")
    batch = stage.batch(alice, Payment(BOB, USD, 7), CancelOrder(1), buy(), all_or_nothing=True)
    assert stage.refuses_body(batch) is Code.ORDER_NOT_FOUND
    with pytest.raises(Rejection, match="operation 2 of 3: the account has no open order 1"):
        stage.machine.execute_all(stage.now, batch)


def rich_stage() -> tuple[Stage, KeyPair]:
    """Books with several orders at each price, by several accounts."""
    stage = Stage(fills=50, maker_fee_ppm=100, taker_fee_ppm=200)
    alice, bob, carol = stage.funded("alice", "bob", "carol")
    for price in (2_600, 2_601, 2_602):
        for who in (bob, carol, bob):
            stage.places(who, Side.SELL, ONE, price)
    for price in (2_400, 2_400, 2_399, 2_350):
        stage.places(alice, Side.BUY, ONE, price)
    return stage, alice


OWN = range(13, 17)
WRONG = CancelOrder(1)
ROLLED_BACK: list[list[Operation]] = [
    [Payment(BOB, USD, 7)],
    [Payment(key_of("newcomer").public, LUMENS, 5 * ONE), Payment(key_of("newcomer").public, USD, 5)],
    [buy(2_300)],
    [buy(2_400), sell(2_600)],
    [buy(2_600, ONE // 2)],
    [buy(2_601, 4 * ONE + ONE // 2)],
    [buy(2_602, 100 * ONE)],
    [buy(2_602, 100 * ONE), CancelOrder(OWN[0]), sell(2_610), sell(2_602)],
    [CancelOrder(order) for order in OWN],
    [CancelOrder(order) for order in reversed(OWN)],
    [CancelOrder(OWN[1]), buy(2_400), CancelOrder(OWN[0]), buy(2_399)],
    [LimitOrder(0, Side.BUY, 2_601, 10 * ONE, IOC, None)],
    [LimitOrder(0, Side.SELL, 2_400, 10 * ONE, IOC, None)],
    [Payment(BOB, LUMENS, 3), CancelOrder(OWN[3]), Payment(BOB, LUMENS, 4), buy(2_600, 3 * ONE), buy(2_600)],
]


@pytest.mark.parametrize("operations", ROLLED_BACK, ids=range(len(ROLLED_BACK)))
def test_what_was_done_before_a_refusal_is_undone_to_the_last_link(operations: list[Operation]) -> None:
    stage, alice = rich_stage()
    assert list(stage.machine.state.vault.accounts[alice.public].orders) == list(OWN)
    batch = stage.batch(alice, *operations, WRONG, all_or_nothing=True)
    before = photograph(stage.machine.state)
    with pytest.raises(Rejection, match=f"operation {len(operations) + 1} of {len(operations) + 1}"):
        stage.machine.execute_all(stage.now, batch)
    assert photograph(stage.machine.state) == before
    assert refusals(stage.runs_batch(alice, *operations), alice) == [None] * len(operations), "each could be done"
    assert photograph(stage.machine.state) != before


@pytest.mark.parametrize("seed", range(4))
def test_random_batches_are_undone_to_the_last_link(seed: int) -> None:
    world = World(fills=5, maker_fee_ppm=100, taker_fee_ppm=200)
    machine = world.machine()
    traders = world.funded(machine, "alice", "bob", "carol", "dave")
    random = Random(seed)
    refused = 0
    for timestamp, body in random_quanta(world, machine, traders, seed, 300):
        try:
            machine.execute_all(timestamp, body)
        except Rejection:
            continue
        trader, operations = random_batch(random, machine, traders)
        batch = world.batch(trader, [*operations[:20], WRONG], all_or_nothing=True, valid_until=timestamp + 1)
        before = photograph(machine.state)
        with pytest.raises(Rejection) as caught:
            machine.execute_all(machine.state.timestamp, batch)
        assert photograph(machine.state) == before
        refused += caught.value.code is not Code.NOT_IN_BATCH
        if random.random() < 0.1:
            machine.state.root()
    assert refused > 100
    assert conservation_errors(machine.state) == []
    assert machine.state.root() == root_from_scratch(machine.state)


def test_a_refused_batch_leaves_no_trace_in_what_follows() -> None:
    """The same quanta give the same bytes where a batch was refused in between, and where none was."""
    roots = []
    for has_refusals in (False, True):
        stage, alice = rich_stage()
        for operations in ROLLED_BACK:
            if has_refusals:
                stage.refuses_batch(alice, *operations, WRONG)
            stage.runs_batch(alice, *operations)
        roots.append((stage.machine.state.root(), photograph(stage.machine.state)))
    assert roots[0] == roots[1]


# Signatures


def test_a_batch_and_a_request_are_signed_for_different_purposes() -> None:
    world = World()
    alice = key_of("alice")
    batch = world.batch(alice, [CancelOrder(7)])
    request = world.request(alice, CancelOrder(7))
    assert request_signature_fits(world.constellation, batch)
    assert request_signature_fits(world.constellation, request)
    as_request = alice.sign(signing_hash(Purpose.REQUEST, world.constellation, batch.request.to_xdr()))
    assert not request_signature_fits(world.constellation, SignedRequestBatch(batch.request, as_request))
    as_batch = alice.sign(signing_hash(Purpose.REQUEST_BATCH, world.constellation, request.request.to_xdr()))
    assert not request_signature_fits(world.constellation, SignedRequest(request.request, as_batch))
    assert not request_signature_fits(world.constellation, SignedRequestBatch(batch.request, request.signature))


def test_the_bytes_of_a_batch_are_no_request_and_those_of_a_request_no_batch() -> None:
    """Even one and the same signature could not be taken from one to the other by other bytes."""
    world = World()
    with pytest.raises(MalformedMessage):
        Request.from_xdr(world.batch(key_of("alice"), [CancelOrder(7)]).request.to_xdr())
    with pytest.raises(MalformedMessage):
        SignedRequestBatch.from_xdr(world.request(key_of("alice"), CancelOrder(7)).to_xdr())


@pytest.mark.parametrize("field", ["all_or_nothing", "nonce", "valid_until", "order", "operations"])
def test_the_signature_covers_everything(field: str) -> None:
    world = World()
    batch = world.batch(key_of("alice"), [CancelOrder(7), CancelOrder(8)])
    request = type(batch.request).from_xdr(batch.request.to_xdr())
    match field:
        case "order":
            request.operations.reverse()
        case "operations":
            request.operations.append(CancelOrder(9))
        case "all_or_nothing":
            request.all_or_nothing = True
        case _:
            setattr(request, field, getattr(request, field) + 1)
    assert not request_signature_fits(world.constellation, SignedRequestBatch(request, batch.signature))


# Sealed and replayed


class Chain:
    """An alpha that seals, and an auditor that replays."""

    def __init__(self, seed: int = 1) -> None:
        self.world = World(fills=5)
        self.machine, self.auditor = self.world.machine(), self.world.machine()
        self.tip = self.auditor_tip = Tip.genesis(self.world.settings)
        self.traders = self.world.funded(self.machine, "alice", "bob", "carol")
        self.traders_of_auditor = self.world.funded(self.auditor, "alice", "bob", "carol")

    def seal(self, executed: list[Executed]) -> Batch:
        self.sealed = seal(self.machine, executed, self.tip, 1, checkpoint=True)
        self.tip = self.sealed.tip
        return signed_batch(self.sealed, self.world.alpha.sign(self.sealed.digest))

    def replays(self, batch: Batch) -> None:
        self.auditor_tip = replay(self.auditor, self.auditor_tip, batch).tip


def test_a_sealed_batch_carries_the_request_batch_once_and_every_leaf_has_its_proof() -> None:
    chain = Chain()
    alice, bob, _ = chain.traders
    first = chain.world.batch(alice, [buy(), CancelOrder(1), Payment(bob.public, USD, 7)])
    single = chain.world.request(bob, sell(2_500))
    second = chain.world.batch(alice, [buy(2_501), buy(2_502)], all_or_nothing=True)
    executed = [item for body in (first, single, second) for item in chain.machine.execute_all(START_US, body)]
    batch = Batch.from_xdr(chain.seal(executed).to_xdr())
    assert [quantum.body for quantum in batch.quanta] == [first, single, second]
    header = batch.signed_header.header
    assert header.last_apex - header.first_apex + 1 == len(executed) == 6
    chain.replays(batch)
    assert chain.auditor.state.root() == chain.machine.state.root()
    bodies = leaf_bodies(first) + leaf_bodies(single) + leaf_bodies(second)
    assert len(set(bodies)) == 6
    for place, (item, body) in enumerate(zip(executed, bodies, strict=True)):
        assert item.leaf.body == body
        for group_place in range(len(item.groups)):
            check_inclusion(header, chain.sealed.event(place, group_place))
    again = reseal(chain.world.constellation, batch, BatchEffects.from_xdr(batch_effects(chain.sealed).to_xdr()))
    assert again.executed == chain.sealed.executed
    assert signed_batch(again, batch.signed_header.alpha_signature) == batch


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_stored_effects_that_are_too_few_are_not_the_batch_s(missing: int) -> None:
    chain = Chain()
    body = chain.world.batch(chain.traders[0], [buy(), buy(2_400), buy(2_300)])
    batch = chain.seal(chain.machine.execute_all(START_US, body))
    effects = BatchEffects(batch_effects(chain.sealed).quanta[:-missing])
    with pytest.raises(Divergence, match="stored effects"):
        reseal(chain.world.constellation, batch, effects)


def alpha_s_word(chain: Chain, body: SignedRequestBatch, honest: SignedRequestBatch | None = None) -> Batch:
    """A sealed batch of ``honest`` with another body in its place."""
    batch = chain.seal(chain.machine.execute_all(START_US, honest or body))
    return Batch(batch.signed_header, [Quantum(START_US, body)])


def test_an_auditor_refuses_a_batch_whose_signature_does_not_fit() -> None:
    chain = Chain()
    honest = chain.world.batch(chain.traders[0], [buy(), buy()])
    forged = SignedRequestBatch(honest.request, bytes(64))
    first = chain.machine.state.apex + 1
    with pytest.raises(Divergence, match=f"quantum {first} carries") as caught:
        chain.replays(alpha_s_word(chain, forged))
    assert caught.value.code is Code.BAD_SIGNATURE
    check_client_signatures(chain.world.constellation, Batch(chain.seal([]).signed_header, [Quantum(START_US, honest)]))


def test_an_auditor_names_the_quantum_behind_a_request_batch() -> None:
    chain = Chain()
    honest = chain.world.batch(chain.traders[0], [buy(), buy()])
    single = chain.world.request(chain.traders[1], sell())
    executed = [item for body in (honest, single) for item in chain.machine.execute_all(START_US, body)]
    batch = chain.seal(executed)
    batch.quanta[1] = Quantum(START_US, SignedRequest(single.request, bytes(64)))
    with pytest.raises(Divergence, match=f"quantum {executed[2].leaf.apex} carries"):
        chain.replays(batch)


def test_an_auditor_refuses_what_should_have_been_refused() -> None:
    chain = Chain()
    alice = chain.traders[0]
    loose = chain.world.batch(alice, [buy(), CancelOrder(1)], nonce=5)
    strict = chain.world.batch(alice, [buy(), CancelOrder(1)], all_or_nothing=True, nonce=5)
    with pytest.raises(Divergence, match="must be rejected: ORDER_NOT_FOUND") as caught:
        chain.replays(alpha_s_word(chain, strict, honest=loose))
    assert caught.value.code is Code.INVALID_QUANTUM


def test_an_auditor_refuses_an_empty_request_batch() -> None:
    chain = Chain()
    batch = chain.seal([])
    empty = chain.world.batch(chain.traders[0], [])
    with pytest.raises(Divergence, match="EMPTY_BATCH"):
        chain.replays(Batch(batch.signed_header, [Quantum(START_US, empty)]))


def test_an_auditor_refuses_operations_left_out_or_in_another_order() -> None:
    chain = Chain()
    alice = chain.traders[0]
    honest = chain.world.batch(alice, [buy(), buy(2_400)], nonce=5)
    swapped = chain.world.batch(alice, [buy(2_400), buy()], nonce=5)
    with pytest.raises(Divergence) as caught:
        chain.replays(alpha_s_word(chain, swapped, honest=honest))
    assert caught.value.code is Code.QUANTA_ROOT_MISMATCH
    chain = Chain()
    shorter = chain.world.batch(alice, [buy()], nonce=5)
    with pytest.raises(Divergence, match="with 1 quanta after"):
        chain.replays(alpha_s_word(chain, shorter, honest=honest))


def test_an_auditor_refuses_more_quanta_than_a_batch_may_have() -> None:
    chain = Chain()
    executed: list[Executed] = []
    while len(executed) <= BATCH_MAX_QUANTA:
        body = chain.world.batch(chain.traders[0], [CancelOrder(1)] * 91)
        executed += chain.machine.execute_all(START_US, body)
    with pytest.raises(Divergence, match="has 1001 quanta; 1000 may be"):
        chain.replays(chain.seal(executed))


def test_leaves_of_different_batches_and_places_are_different() -> None:
    digests = {operation_hash(bytes([batch]) * 32, place) for batch in range(4) for place in range(100)}
    assert len(digests) == 400
    assert operation_hash(b"\x07" * 32, 99) == sha256(BatchedOperation(b"\x07" * 32, 99).to_xdr()).digest()
    assert leaf_count(World().batch(key_of("alice"), [buy()] * 3)) == 3


def test_random_quanta_with_batches_replay_to_the_same_state() -> None:
    world = World(fills=5, maker_fee_ppm=10, taker_fee_ppm=20)
    machine, auditor = world.machine(), Machine(world.settings)
    tip = auditor_tip = Tip.genesis(world.settings)
    traders = world.funded(machine, "alice", "bob", "carol")
    world.funded(auditor, "alice", "bob", "carol")
    executed: list[Executed] = []
    kinds = set()
    for timestamp, body in random_quanta(world, machine, traders, 3, 600, with_batches=True, with_keys=True):
        try:
            done = machine.execute_all(timestamp, body)
        except Rejection:
            continue
        executed += done
        kinds.add((type(body), len(done) > 1))
        if len(executed) > 50:
            sealed = seal(machine, executed, tip, 1, checkpoint=True)
            tip, executed = sealed.tip, []
            batch = signed_batch(sealed, world.alpha.sign(sealed.digest))
            auditor_tip = replay(auditor, auditor_tip, Batch.from_xdr(batch.to_xdr())).tip
    assert tip == auditor_tip
    assert (SignedRequestBatch, True) in kinds
