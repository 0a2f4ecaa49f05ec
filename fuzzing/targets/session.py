"""A client's session at the gateway, with the whole gateway and the core behind it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from constellation.gateway import GatewayConfig
from constellation.gateway.session import SessionState
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    RIGHT_PAY,
    RIGHT_TRADE,
    AppointAgent,
    AssetSuspension,
    CancelOrder,
    ClientMessage,
    CloseAccount,
    Closing,
    Code,
    DismissAgent,
    KeyRotation,
    LedgerDestination,
    LimitOrder,
    LockAccount,
    OpenHold,
    Operation,
    PathAmountUnit,
    PathPayment,
    Payment,
    Proposal,
    Propose,
    QueryAccount,
    QueryBook,
    QueryProof,
    QueryProposals,
    RegisterRouting,
    Request,
    Resume,
    RotateKey,
    Side,
    SignedProposal,
    SignedRequest,
    SignedRequestBatch,
    StateEntryType,
    Submit,
    SubmitBatch,
    SuspensionReason,
    TimeInForce,
    Withdrawal,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import KeyPair, Purpose, signing_hash
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta.conservation import conservation_errors
from fuzzing.choices import Choices
from fuzzing.codecs import codecs
from fuzzing.edits import edit_bytes, edit_message
from tests.gateway.harness import ANNA, AUDITORS, BERT, EUR, START_US, USD, XLM, Alpha, RawClient, key, sign, sign_batch

_FRAMES_MAX = 32
_CONFIG = GatewayConfig(queue_messages=16, queue_bytes=64 * 1024, unresolved=8, bad_signatures=3)

_SLOW = b"a slow reader"

BOT = key("bot")
_DESTINATION = LedgerDestination(key("far away").public, None, None, False)
_OPERATIONS: list[Operation] = [
    Payment(BERT.public, XLM, ONE),
    LimitOrder(0, Side.BUY, 10_000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None),
    LimitOrder(0, Side.SELL, 10_000, ONE, TimeInForce.IMMEDIATE_OR_CANCEL, None),
    CancelOrder(8),
    Withdrawal(USD, ONE, _DESTINATION),
    CloseAccount(_DESTINATION),
    RegisterRouting(7),
    Payment(BERT.public, EUR, 1000 * ONE),
    AppointAgent(BOT.public, RIGHT_TRADE | RIGHT_PAY, START_US + 10**9),
    LockAccount(LOCK_PAYMENTS, START_US + 10**7),
    LockAccount(0, None),
    DismissAgent(BOT.public),
    OpenHold(BERT.public, XLM, ONE, START_US + 10**9),
    RotateKey(BOT.public, bytes(64)),
    PathPayment(BERT.public, XLM, USD, [0], PathAmountUnit.SEND_AMOUNT, ONE, 1, "memo"),
]


def _frames(signer: Any, alpha: Alpha) -> list[ClientMessage]:
    """What an honest client may say; the account's nonces are one more than their places."""
    suspension = Proposal(START_US + 10_000_000, AssetSuspension(USD, 1, SuspensionReason.SUSPENDED_BY_AUDITORS))
    digest = signing_hash(Purpose.PROPOSAL, alpha.constellation, suspension.to_xdr())
    return [
        *(Submit(place, alpha.request(signer, item, place + 1)) for place, item in enumerate(_OPERATIONS)),
        *(  # the agent's nonces are above the time of its appointment
            Submit(30 + place, alpha.request(signer, item, START_US + 1 + place, signer=BOT))
            for place, item in enumerate(_OPERATIONS)
        ),
        *(
            SubmitBatch(50 + place, alpha.batch(signer, *operations, nonce=20 + place, all_or_nothing=bool(place % 2)))
            for place, operations in enumerate([_OPERATIONS[:4], _OPERATIONS[:3], _OPERATIONS, _OPERATIONS[:0]])
        ),
        QueryAccount(100, None),
        QueryBook(101, 0, 10),
        Resume(102, 0),
        QueryProof(103, StateEntryType.ACCOUNT_ENTRY, signer.public),
        QueryProof(104, StateEntryType.COUNTERS_ENTRY, b""),
        Propose(105, SignedProposal(suspension, AUDITORS[0].public, AUDITORS[0].sign(digest))),
        QueryProposals(106),
    ]


@cache
def _pool(number: int) -> list[bytes]:
    alpha = Alpha(config=_CONFIG)
    return [encode_client_message(message) for message in _frames([ANNA, AUDITORS[0]][number], alpha)]


@cache
def _samples() -> Sequence[bytes]:
    (codec,) = (codec for codec in codecs() if codec.name == "ClientMessage")
    return codec.samples


def fuzz(data: bytes) -> None:
    """Raises when the session does, or speaks after its last word, or answers otherwise when it is read later."""
    at_once = _run(Choices(data), is_slow=False)
    if len(data) % 4 == 0 and at_once != [_SLOW]:
        late = _run(Choices(data), is_slow=True)
        assert late in (at_once, [_SLOW]), "what is said depends on when it is taken"


def _run(choices: Choices, *, is_slow: bool) -> list[bytes]:
    alpha = Alpha(config=_CONFIG)
    for owner, asset in ((ANNA, XLM), (BERT, XLM), (ANNA, USD)):
        alpha.deposit(owner, asset, 1000 * ONE)
    alpha.settle()
    number = choices.below(2)
    client = RawClient(alpha, [ANNA, AUDITORS[0]][number])
    if not number and not choices.below(4):  # the account's agent, or one that is none any more
        alpha.execute(alpha.request(ANNA, _OPERATIONS[8], 1))
        alpha.settle()
        client = RawClient(alpha, BOT, account=ANNA)
    if choices.below(4):
        client.open()
    else:
        client.hello()
    session, said = client.session, list[bytes]()
    for _ in range(_FRAMES_MAX):
        if choices.is_over:
            break
        match choices.below(8):
            case 6:
                alpha.settle(checkpoint=choices.flag())
            case 7:
                alpha.now_us += choices.number(4)
                session.tick(choices.number() / 4)
            case _:
                frame = _frame(choices, alpha, number)
                was_closed = session.state is SessionState.CLOSED
                before = alpha.root() if was_closed else b""
                session.receive_data(frame)
                assert not was_closed or alpha.root() == before, "a closed session changed the state"
        if not is_slow:
            said += _taken(session, said)
    said += _taken(session, said)
    _check(alpha, session, said)
    if session.closing is not None and session.closing.code is Code.SLOW_READER:
        return [_SLOW]
    return said


def _signed(who: KeyPair, alpha: Alpha, request: Request) -> Any:
    """By whoever it is, and where it rotates the account's key, with the new key's agreement."""
    if isinstance(request.operation, RotateKey):
        agreed = KeyRotation(request.account, request.nonce, request.operation.new_key)
        digest = signing_hash(Purpose.KEY_ROTATION, alpha.constellation, agreed.to_xdr())
        request.operation.proof = BOT.sign(digest)
    return sign(who, alpha.constellation, request)


def _taken(session: Any, said: list[bytes]) -> list[bytes]:
    found = list(session.data_to_send())
    if said and found:
        assert not isinstance(decode_client_message(said[-1]), Closing), "it spoke after its last word"
    return found


def _check(alpha: Alpha, session: Any, said: list[bytes]) -> None:
    assert len(said) <= 4 * _FRAMES_MAX + _CONFIG.queue_messages
    assert (session.state is SessionState.CLOSED) == (session.closing is not None)
    last = [decode_client_message(data) for data in said]
    assert session.closing is None or not last or last[-1] == session.closing
    assert conservation_errors(alpha.machine.state) == []
    alpha.front.disconnect(session)


def _frame(choices: Choices, alpha: Alpha, number: int) -> bytes:
    match choices.below(8):
        case 0:
            return choices.piece()
        case 1:
            return choices.of(_samples())
        case 2:
            return edit_bytes(choices, choices.of(_pool(number)), _pool(number))
        case 3:
            return bytes(1) * (1 << choices.below(20))
    message = decode_client_message(choices.of(_pool(number)))
    try:
        if choices.flag():
            edit_message(choices, message)
        if isinstance(message, Submit) and isinstance(message.request, SignedRequest):
            message.request = _signed(choices.of([ANNA, BERT, BOT]), alpha, message.request.request)
        if isinstance(message, SubmitBatch) and isinstance(message.batch, SignedRequestBatch):
            message.batch = sign_batch(choices.of([ANNA, BERT]), alpha.constellation, message.batch.request)
        return encode_client_message(message)
    except (MalformedMessage, UnencodableMessage, AttributeError):
        return b""
