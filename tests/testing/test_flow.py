from collections import Counter

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AssetSuspended,
    OrderClosed,
    PathPayment,
    QuantumBody,
    SignedRequest,
    SignedRequestBatch,
    SuspenseAdded,
    SuspenseReason,
    SuspensionReason,
    VaultTaskClosed,
    WithdrawalClosed,
    WithdrawalOutcome,
)
from constellation.quanta import Machine, request_signature_fits
from constellation.testing import World, random_flow, random_quanta
from constellation.testing.world import ONE, START_US

SUSPENSE_REASONS = [reason for reason in SuspenseReason if reason is not SuspenseReason.TOTAL_TOO_LARGE]
EXPECTED = [
    *("AccountOpened", "BalanceChanged", "DepositCredited", "FeeCollected", "LedgerAdvanced", "OrderPlaced"),
    *("PaymentReceived", "PaymentSent", "Trade", "UnknownChannelTransaction", "WithdrawalAccepted"),
    *("WithdrawalPrepared", "FORBIDDEN_DESTINATION", "INSUFFICIENT_FUNDS", "INVALID_PRICE", "OFF_LOT"),
    *("ORDER_NOT_FOUND", "SELF_PAYMENT", "TOO_MANY_WITHDRAWALS", "UNKNOWN_ASSET", "BELOW_MINIMUM_NOTIONAL"),
    *("OrderClosed FILLED", "OrderClosed CANCELLED", "OrderClosed NOT_FILLED_AT_ONCE", "OrderClosed SELF_TRADE"),
    "OrderReduced",
    *("OrderClosed FILL_LIMIT", "WithdrawalClosed PAID", "WithdrawalClosed FAILED", "WithdrawalClosed LAPSED"),
    *(f"SuspenseAdded {reason.name}" for reason in SUSPENSE_REASONS),
    *(f"AssetSuspended {reason.name}" for reason in SuspensionReason),
    *(
        f"VaultTaskClosed {kind} {outcome.name}"
        for kind in ("REFUND_TASK", "CLAIM_TASK", "TRUST_TASK", "SIGNERS_TASK")
        for outcome in (WithdrawalOutcome.PAID, WithdrawalOutcome.FAILED, WithdrawalOutcome.LAPSED)
    ),
    *(
        "WithdrawalWithheld",
        "WithdrawalApproved",
        "WithdrawalClosed REFUSED_BY_AUDITORS",
        "WithdrawalClosed NOT_APPROVED",
    ),
    *("AssetResumed", "ClaimIgnored", "RoutingRegistered", "SettingsChanged", "SuspenseRefunded", "VaultTaskPrepared"),
    *("UnknownVaultTransaction", "ACCOUNT_CLOSED", "ACCOUNT_NOT_EMPTY", "BAD_SIGNATURE", "EXPIRED"),
    *("INVALID_MEMO", "INVALID_PROPOSAL", "INVALID_ROUTING_ID", "NOT_ENOUGH_SIGNATURES", "ROUTING_ID_TAKEN"),
    *("STALE_PROPOSAL", "SUSPENDED_ASSET", "MARKET_NOT_OPEN", "TOO_MANY_OPEN_ORDERS"),
    *("TermBegan", "UNAUTHORIZED", "WRONG_EPOCH"),
    *("OrderReplaced", "OrderReduced", "CancelAllScheduled", "ORDER_CHANGED", "INVALID_EXPIRY", "CONTRADICTORY_ORDER"),
    *("HoldOpened", "HoldClosed", "HOLD_NOT_FOUND"),
    *("PathPayment 1", "PathPayment 2", "INVALID_PATH", "PATH_OUT_OF_LIMIT"),
    *("OrderArmed", "OrderTriggered", "WOULD_TRIGGER", "OrderClosed REFUSED_WHEN_TRIGGERED"),
    *("PRICE_OUT_OF_BAND", "WOULD_TAKE", "WOULD_NOT_FILL", "TIME_IS_DUE", "NOT_DUE"),
]

EXPECTED_OF_KEYS = [
    *("AgentAppointed", "AgentDismissed", "KeyRotated", "LockChanged", "UNKNOWN_SIGNER", "AGENT_EXPIRED", "NO_RIGHT"),
    *("OWNER_ONLY", "AGENT_NOT_FOUND", "INVALID_AGENT", "INVALID_RIGHTS", "INVALID_AGENT_EXPIRY"),
    *("INVALID_KEY", "ACCOUNT_LOCKED", "TIME_LOCKED", "INVALID_LOCK", "INVALID_NONCE", "NONCE_TOO_LOW"),
    *("SubAccountOpened", "SubAccountMerged", "INVALID_SUB_ACCOUNT", "SUB_ACCOUNT_OPEN", "IS_SUB_ACCOUNT"),
    "NO_SUB_ACCOUNT",
]


def story(seed: int, count: int = 300) -> list[bytes]:
    world = World()
    machine = world.machine()
    traders = world.funded(machine, *"abcd")
    told = []
    for timestamp, body in random_quanta(world, machine, traders, seed, count, with_terms=True, with_batches=True):
        told.append(timestamp.to_bytes(8, "big") + body.to_xdr())
        execute(machine, timestamp, body)
    return told


def execute(machine: Machine, timestamp: int, body: QuantumBody) -> Counter[str]:
    """What happened, by name."""
    try:
        executed = machine.execute_all(timestamp, body)
    except Rejection as rejection:
        return Counter({rejection.code.name: 1})
    seen: Counter[str] = Counter()
    if isinstance(body, SignedRequest) and isinstance(body.request.operation, PathPayment):
        seen[f"PathPayment {len(body.request.operation.path)}"] += 1
    for group in [group for item in executed for group in item.groups]:
        for effect in group.effects:
            detail = ""
            if isinstance(effect, (OrderClosed, SuspenseAdded, AssetSuspended)):
                detail = " " + effect.reason.name
            elif isinstance(effect, VaultTaskClosed):
                detail = f" {effect.task.name} {effect.outcome.name}"
            elif isinstance(effect, WithdrawalClosed):
                detail = " " + effect.outcome.name
            seen[type(effect).__name__ + detail] += 1
    return seen


def test_the_same_seed_gives_the_same_quanta() -> None:
    assert story(1) == story(1)
    assert story(1) != story(2)


def test_a_flow_has_as_many_operations_as_were_asked_for() -> None:
    world = World()
    machine = world.machine()
    traders = world.funded(machine, "a", "b")
    assert len(list(random_flow(world, machine, traders, 1, 0))) == 0
    assert len(list(random_flow(world, machine, traders, 1, 17))) == 17
    assert len(story(3, 17)) == 17


def test_a_flow_of_quanta_comes_past_everything_that_can_happen() -> None:
    seen: Counter[str] = Counter()
    for seed in (22, 23, 24):  # some things happen in one of two flows
        world = World(fills=3, maker_fee_ppm=100, taker_fee_ppm=200)
        machine = world.machine()
        traders = world.funded(machine, *"abcdef", amount=300 * ONE)
        for timestamp, body in random_quanta(world, machine, traders, seed, 9_000, with_terms=True):
            assert timestamp >= START_US
            seen += execute(machine, timestamp, body)
    assert [name for name in EXPECTED if not seen[name]] == []


def test_a_flow_with_batches_comes_past_what_can_happen_to_them() -> None:
    world = World(fills=3)
    machine = world.machine()
    traders = world.funded(machine, *"abcdef", amount=300 * ONE)
    seen: Counter[str] = Counter()
    for timestamp, body in random_quanta(world, machine, traders, 6, 2_000, with_batches=True):
        result = execute(machine, timestamp, body)
        seen += result
        if isinstance(body, SignedRequestBatch):
            seen += Counter({f"all_or_nothing {body.request.all_or_nothing} done {sum(result.values()) > 1}": 1})
    expected = ["OperationRefused", "EMPTY_BATCH", "NOT_IN_BATCH", "all_or_nothing True done True"]
    assert [name for name in [*expected, "all_or_nothing True done False"] if not seen[name]] == []


def test_a_flow_with_keys_comes_past_what_can_happen_to_them() -> None:
    world = World(fills=3)
    machine = world.machine()
    traders = world.funded(machine, *"abc", amount=300 * ONE)
    seen: Counter[str] = Counter()
    signed = 0
    for timestamp, body in random_quanta(world, machine, traders, 7, 6_000, with_batches=True, with_keys=True):
        result = execute(machine, timestamp, body)
        seen += result
        if isinstance(body, SignedRequest | SignedRequestBatch):
            assert request_signature_fits(world.constellation, body)
            signed += body.request.signer is not None and "BalanceChanged" in result
    assert [name for name in EXPECTED_OF_KEYS if not seen[name]] == []
    assert signed > 100
