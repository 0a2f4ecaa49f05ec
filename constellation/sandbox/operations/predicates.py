"""Claim predicates: the conditions under which a claimable balance may be claimed."""

from datetime import UTC, datetime

from stellar_sdk import xdr

from constellation.sandbox.addresses import some
from constellation.sandbox.limits import INT64_MAX, PREDICATE_DEPTH_MAX

_Kind = xdr.ClaimPredicateType


def is_predicate_valid(predicate: xdr.ClaimPredicate, depth: int = 1) -> bool:
    """Whether the predicate is complete, not nested too deeply, and free of negative times."""
    if depth > PREDICATE_DEPTH_MAX:
        return False
    if predicate.type == _Kind.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME:
        return some(predicate.abs_before).int64 >= 0
    if predicate.type == _Kind.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME:
        return some(predicate.rel_before).int64 >= 0
    if predicate.type == _Kind.CLAIM_PREDICATE_NOT and predicate.not_predicate is None:
        return False
    pair = predicate.type in {_Kind.CLAIM_PREDICATE_AND, _Kind.CLAIM_PREDICATE_OR}
    parts = _parts(predicate)
    return (not pair or len(parts) == 2) and all(is_predicate_valid(part, depth + 1) for part in parts)


def is_met(predicate: xdr.ClaimPredicate, close_time: int) -> bool:
    """Whether the predicate, which has absolute times only, is true in a ledger closed at that time."""
    kind = predicate.type
    if kind == _Kind.CLAIM_PREDICATE_UNCONDITIONAL:
        return True
    if kind == _Kind.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME:
        return close_time < some(predicate.abs_before).int64
    met = [is_met(part, close_time) for part in _parts(predicate)]
    if kind == _Kind.CLAIM_PREDICATE_NOT:
        return not met[0]
    return all(met) if kind == _Kind.CLAIM_PREDICATE_AND else any(met)


def with_absolute_times(predicate: xdr.ClaimPredicate, close_time: int) -> xdr.ClaimPredicate:
    """Returns the predicate as the ledger files it: times counted from its creation become absolute."""
    if predicate.type == _Kind.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME:
        absolute = min(close_time + some(predicate.rel_before).int64, INT64_MAX)
        return xdr.ClaimPredicate(_Kind.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME, abs_before=xdr.Int64(absolute))
    parts = [with_absolute_times(part, close_time) for part in _parts(predicate)]
    if predicate.type == _Kind.CLAIM_PREDICATE_AND:
        return xdr.ClaimPredicate(predicate.type, and_predicates=parts)
    if predicate.type == _Kind.CLAIM_PREDICATE_OR:
        return xdr.ClaimPredicate(predicate.type, or_predicates=parts)
    if predicate.type == _Kind.CLAIM_PREDICATE_NOT:
        return xdr.ClaimPredicate(predicate.type, not_predicate=parts[0])
    return predicate


def describe_predicate(predicate: xdr.ClaimPredicate) -> dict[str, object]:
    """Returns the predicate as Horizon writes it."""
    parts = [describe_predicate(part) for part in _parts(predicate)]
    match predicate.type:
        case _Kind.CLAIM_PREDICATE_UNCONDITIONAL:
            return {"unconditional": True}
        case _Kind.CLAIM_PREDICATE_AND:
            return {"and": parts}
        case _Kind.CLAIM_PREDICATE_OR:
            return {"or": parts}
        case _Kind.CLAIM_PREDICATE_NOT:
            return {"not": parts[0] if parts else None}
        case _Kind.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME:
            return {"rel_before": str(some(predicate.rel_before).int64)}
        case _:
            return _describe_time(some(predicate.abs_before).int64)


def _describe_time(epoch: int) -> dict[str, object]:
    try:
        text = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        # The ledger's times reach further than the calendar's: only the number is told.
        return {"abs_before_epoch": str(epoch)}
    return {"abs_before": text, "abs_before_epoch": str(epoch)}


def _parts(predicate: xdr.ClaimPredicate) -> list[xdr.ClaimPredicate]:
    if predicate.type == _Kind.CLAIM_PREDICATE_NOT:
        return [] if predicate.not_predicate is None else [predicate.not_predicate]
    return (predicate.and_predicates or []) + (predicate.or_predicates or [])
