"""The core: quanta that a lying alpha, a quorum of lying auditors and their accounts have signed together."""

from functools import cache

from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    RIGHT_PAY,
    RIGHT_TRADE,
    AppointAgent,
    Appointment,
    AssetResumption,
    AssetSuspension,
    CancelOrder,
    CaptureHold,
    ChannelTransaction,
    ClaimableDeposit,
    CloseAccount,
    Decision,
    DismissAgent,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    LimitOrder,
    LockAccount,
    OpenHold,
    Operation,
    PathAmountUnit,
    PathPayment,
    Payment,
    QuantumBody,
    RegisterRouting,
    ReleaseHold,
    Request,
    RequestBatch,
    RotateKey,
    Settings,
    SettingsChange,
    Side,
    SignedRequest,
    SignedRequestBatch,
    SuspenseRefund,
    SuspensionReason,
    TimeInForce,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
    Withdrawal,
    decode_quantum_body,
    encode_quantum_body,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta import Machine, conservation_errors, last_nonce, restore_state
from constellation.testing.world import ONE, START_US, to
from fuzzing.choices import Choices
from fuzzing.edits import edit_message
from fuzzing.past import TRADERS, appointed, resign, world
from tests.quanta.stage import entries_of

_QUANTA_MAX = 24


@cache
def _pool() -> list[bytes]:
    """One quantum of every kind, as a member or a trader would make it."""
    settings, (first, second, agent, _) = world().settings, TRADERS
    destination = to(second)
    operations: list[Operation] = [
        LimitOrder(0, Side.BUY, 10_000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None),
        LimitOrder(0, Side.SELL, 10_000, 2 * ONE, TimeInForce.IMMEDIATE_OR_CANCEL, None),
        CancelOrder(4),
        Payment(second.public, 0, ONE),
        Withdrawal(0, ONE, destination),
        CloseAccount(destination),
        RegisterRouting(7),
        PathPayment(second.public, 0, 1, [0], PathAmountUnit.SEND_AMOUNT, ONE, 1, "memo"),
        PathPayment(second.public, 0, 2, [0, 1], PathAmountUnit.RECEIVE_AMOUNT, ONE // 10, 10 * ONE),
        OpenHold(second.public, 0, ONE, START_US + 10**9),
        CaptureHold(4, ONE),
        ReleaseHold(4),
        AppointAgent(agent.public, RIGHT_TRADE | RIGHT_PAY, START_US + 10**9),
        DismissAgent(agent.public),
        LockAccount(LOCK_PAYMENTS, START_US + 10**8),
        LockAccount(0, None),
        RotateKey(second.public, bytes(64)),
    ]
    requests = [
        Request(key.public, signer, 1, START_US + 10**8, item)
        for item in operations
        for key in (first, second)
        for signer in (None, agent.public)
    ]
    ledger, channel = 101 << 32, settings.channels[0]
    events: list[LedgerEvent] = [
        LedgerDeposit(ledger | 4097, bytes(32), None, ONE, first.public, None, None),
        LedgerDeposit(ledger | 4098, bytes(32), world().usd, ONE, first.public, b"x", 7),
        ClaimableDeposit(ledger | 8193, bytes(32), bytes(32), None, ONE, first.public, None),
        VaultClawback(ledger | 12289, bytes(32), world().usd, ONE),
        VaultAuthorization(ledger | 16385, bytes(32), world().usd, False),
        VaultTransaction(ledger | 20481, bytes(32)),
        ChannelTransaction(ledger | 24577, bytes(32), channel.account, channel.sequence + 1, True),
    ]
    reports = [LedgerReport(settings.ledger_cursor, ledger | 0xFFFF_FFFF, START_US // 10**6, [item]) for item in events]
    decisions: list[Decision] = [
        SettingsChange(1, Settings.from_xdr(settings.to_xdr())),
        SuspenseRefund(ledger | 4098, 1),
        AssetSuspension(1, 1, SuspensionReason.SUSPENDED_BY_AUDITORS),
        AssetResumption(1, 2),
    ]
    appointment = Appointment.from_xdr(appointed().appointments[0].appointment.to_xdr())
    bodies: list[QuantumBody] = [SignedRequest(item, bytes(64)) for item in requests]
    bodies += [
        SignedRequestBatch(RequestBatch(first.public, None, 1, START_US + 10**8, flag, operations[:6]), bytes(64))
        for flag in (False, True)
    ]
    bodies += [world().sign_report(item, 2) for item in reports]
    bodies += [world().decide(item) for item in decisions]
    bodies.append(world().begin_term(appointment, settings))
    return [encode_quantum_body(body) for body in bodies]


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, a refusal changes the state, or money or an entry is lost."""
    choices = Choices(data)
    machine = Machine(world().settings)
    for asset in range(choices.below(4)):
        machine.execute(START_US, world().deposits(machine, *((key, asset, 1000 * ONE) for key in TRADERS[:2])))
    for _ in range(_QUANTA_MAX):
        if choices.is_over:
            break
        _execute(choices, machine)
    state = machine.state
    assert conservation_errors(state) == []
    assert restore_state(world().settings, entries_of(state).values()).root() == state.root()


def _execute(choices: Choices, machine: Machine) -> None:
    body = _body(choices, machine)
    if body is None:
        return
    before = machine.state.root() if choices.flag() else b""
    try:
        machine.execute_all(machine.state.timestamp + choices.of([1, 1, 10**6, 10**9, 0]), body)
    except Rejection:
        assert not before or machine.state.root() == before, "a refused quantum changed the state"


def _body(choices: Choices, machine: Machine) -> QuantumBody | None:
    body = decode_quantum_body(choices.of(_pool()))
    _fit(choices, machine, body)
    try:
        if choices.flag():
            edit_message(choices, body, [decode_quantum_body(choices.of(_pool()))])
        encode_quantum_body(body)
        body = resign(body, world().auditors[0])
        return decode_quantum_body(encode_quantum_body(body))
    except (MalformedMessage, UnencodableMessage):
        return None


def _fit(choices: Choices, machine: Machine, body: QuantumBody) -> None:
    """Let it follow what is there: the next nonce, the ledger's next place, the next version."""
    state = machine.state
    if isinstance(body, Submission):
        request = body.request
        account = state.vault.accounts.get(request.account)
        if account is not None and account.keys is not None and choices.flag():
            request.signer = account.keys.owner
        last = 0 if account is None else last_nonce(account, request.signer)
        request.nonce = min(last + 1, INT64_MAX)
        request.valid_until = state.timestamp + 10**6
        for operation in [request.operation] if isinstance(request, Request) else request.operations:
            if isinstance(operation, CancelOrder):
                operation.order = max(0, state.apex - choices.below(8))
            elif isinstance(operation, CaptureHold | ReleaseHold):
                operation.hold = max(0, state.apex - choices.below(8))
            elif isinstance(operation, AppointAgent | OpenHold):
                operation.expires_at = state.timestamp + choices.of([10**9, 0, 1])
            elif isinstance(operation, LockAccount) and operation.until is not None:
                operation.until = state.timestamp + choices.of([10**6, 0, 1])
    elif hasattr(body, "report"):
        ledger = (state.ledger_cursor >> 32) + 1
        body.report.previous, body.report.cursor = state.ledger_cursor, ledger << 32 | 0xFFFF_FFFF
        body.report.closed_at_s = state.ledger_closed_at_s + choices.of([5, 400])
        for event in body.report.events:
            place = "operation" if hasattr(event, "operation") else "transaction_id"
            setattr(event, place, ledger << 32 | getattr(event, place) & 0xFFFF_FFFF)
