"""Answers that look right and are not: records twice, records missing, envelopes that nobody can decode."""

import hashlib
from typing import Any

from constellation.sandbox.faults.registry import ActiveFault, Faults
from constellation.sandbox.faults.rules import FaultKind, Json

_XDR_FIELDS = frozenset({"envelope_xdr", "result_xdr"})
_NO_XDR = "/" * 32
"""Good base64 of nothing that exists: wherever a type is chosen by a number, the number is -1."""


def tamper_resource(faults: Faults, method: str, path: str, body: Json) -> Json:
    """Returns what a client gets to see of a JSON answer, a page or a single resource."""
    embedded: Any = body.get("_embedded")
    if embedded is not None:
        # The links stay as they are, so that the next page begins behind a record that is missing here.
        records = tamper_records(faults, method, path, embedded["records"])
        return {**body, "_embedded": {"records": records}}
    if faults.strikes(method, path, FaultKind.UNDECODABLE):
        body = _spoil(body)
    if "network_passphrase" in body and (active := faults.strikes(method, path, FaultKind.NETWORK)):
        body = {**body, "network_passphrase": active.rule.network_passphrase}
    return body


def tamper_records(faults: Faults, method: str, path: str, records: list[Json]) -> list[Json]:
    """Returns what a client gets to see of some records of a list."""
    if not records:
        return records
    for gap in faults.about(method, path, FaultKind.GAP):
        records = [record for record in records if not _is_hidden(gap, str(record["paging_token"]))]
    if faults.strikes(method, path, FaultKind.UNDECODABLE):
        records = [_spoil(record) for record in records]
    if faults.strikes(method, path, FaultKind.DUPLICATE):
        records = [record for record in records for _ in range(2)]
    return records


def _is_hidden(gap: ActiveFault, token: str) -> bool:
    """Whether a record is missing. Decided by its token, so that it is missing wherever it would be seen."""
    if token in gap.hidden:
        return True
    if gap.is_spent:
        return False
    gap.matched += 1
    digest = hashlib.sha256(f"{gap.rule.seed}/{token}".encode()).digest()
    does_strike = int.from_bytes(digest[:8], "big") < gap.rule.probability * 2**64
    if gap.matched <= gap.rule.skip or not does_strike:
        return False
    gap.struck += 1
    gap.hidden[token] = None
    return True


def _spoil(value: Any) -> Any:
    """Returns JSON with every envelope and result in it replaced, however deep."""
    if isinstance(value, dict):
        return {name: _NO_XDR if name in _XDR_FIELDS else _spoil(each) for name, each in value.items()}
    return [_spoil(each) for each in value] if isinstance(value, list) else value
