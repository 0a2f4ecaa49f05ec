"""Request batches: one operation after the other; what was before is kept as a copy, for all or nothing."""

from copy import deepcopy

from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    Code,
    EffectGroup,
    LimitOrder,
    MarketOrder,
    OpenHold,
    Operation,
    OperationRefused,
    PathPayment,
    Payment,
    ReleaseHold,
    ReplaceOrder,
    RequestBatch,
)
from constellation.testing.naive import keys, requests
from constellation.testing.naive.model import NaiveModel

_ALLOWED = Payment | LimitOrder | MarketOrder | ReplaceOrder | CancelOrder | CancelAllOrders | CancelAllAfter
_ALLOWED |= OpenHold | CaptureHold | ReleaseHold | PathPayment


def why_refuse(model: NaiveModel, batch: RequestBatch) -> Code | None:
    """The code that a batch as a whole is refused with, if it is, before any operation is looked at."""
    refusal = requests.why_refuse_author(model, batch)
    if refusal is not None:
        return refusal
    if len(batch.operations) == 0:
        return Code.EMPTY_BATCH
    if not all(isinstance(operation, _ALLOWED) for operation in batch.operations):
        return Code.NOT_IN_BATCH
    refusals = [requests.why_refuse_use(model, batch.account, batch.signer, item) for item in batch.operations]
    return next((code for code in refusals if code is not None), None)


def execute(model: NaiveModel, batch: RequestBatch) -> list[list[EffectGroup]] | Code:
    """The effects of each operation, or the code that the batch is refused with."""
    refusal = why_refuse(model, batch)
    if refusal is not None:
        return refusal
    model.met = model.cancelled = 0
    before = deepcopy(vars(model))
    found = []
    for operation in batch.operations:
        code = _do(model, batch.account, operation)
        if code is not None and batch.all_or_nothing:
            vars(model).update(before)
            return code
        if code is not None:
            model.tell(batch.account, OperationRefused(code))
        found.append(model.end())
    keys.note_nonce(model, batch)
    return found


def _do(model: NaiveModel, account: bytes, operation: Operation) -> Code | None:
    """Execute an operation as the next quantum; the code, where that does nothing."""
    model.begin()
    code = requests.why_refuse_operation(model, account, operation)
    if code is None:
        requests.do(model, account, operation)
    return code
