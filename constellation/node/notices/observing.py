"""What is the case at a node, as its operator should hear it: from what the node knows anyway, and cheap."""

from collections.abc import Iterator
from itertools import islice

from constellation.node.disk_space import DiskSpace
from constellation.node.ledger_duties import LedgerDuties
from constellation.node.lifecycle import Lifecycle, NodeState
from constellation.node.mode_words import mode_word
from constellation.node.notices.desk import Condition, Observation
from constellation.node.notices.kinds import Kind
from constellation.node.proposal_words import withheld_json
from constellation.node.reserve_duties import ReserveDuties
from constellation.node.tls import ServerCertificate
from constellation.protocol.messages import Mode, SuspensionReason
from constellation.protocol.settings_json import format_asset
from constellation.quanta import State

_WITHHELD_MAX = 20
"""Withdrawals that are told of at a time; the next ones when some of them are decided."""

_WITHOUT_QUORUM = (NodeState.WAITING, NodeState.ADOPTING, NodeState.RISING, NodeState.NO_QUORUM)


def observe_alpha(
    lifecycle: Lifecycle, state: State, disk: DiskSpace, tls: ServerCertificate | None, ledger_problem: str | None
) -> Observation:
    """One look at alpha.

    Args:
        lifecycle: alpha's.
        state: as it is executed.
        disk: of its log.
        tls: what its ports show.
        ledger_problem: why no Stellar server is well, if so.
    """
    found = [*_suspensions(state), *_mode(state), *_disk(disk)]
    if lifecycle.state in _WITHOUT_QUORUM:
        found.append(Condition(Kind.QUORUM_LOST, detail=f"{lifecycle.state.value}: {lifecycle.reason}"))
    if ledger_problem is not None:
        found.append(Condition(Kind.LEDGER_UNREADABLE, detail=ledger_problem))
    if tls is not None:
        found += _certificate(tls)
    return Observation(found, frozenset(_unknown_disk(disk)))


def observe_auditor(
    lifecycle: Lifecycle, state: State, disk: DiskSpace, duties: LedgerDuties, reserves: ReserveDuties
) -> Observation:
    """One look at an auditor.

    Args:
        lifecycle: the auditor's.
        state: as it was replayed.
        disk: of its log.
        duties: about the ledger.
        reserves: its watch over the vault.
    """
    found = [*_suspensions(state), *_mode(state), *_disk(disk), *_ledger(duties), *_withheld(state)]
    if lifecycle.state is NodeState.CONNECTING and not disk.is_low:
        found.append(Condition(Kind.ALPHA_UNREACHABLE, detail=lifecycle.reason))
    compared = reserves.reserves
    found += [
        Condition(Kind.RESERVE_MISMATCH, item.name, item.problem) for item in compared if item.problem is not None
    ]
    unknown = [*_unknown_disk(disk)]
    if not compared:
        unknown.append(Kind.RESERVE_MISMATCH)
    if duties.lag_s is None:
        unknown.append(Kind.LEDGER_LAG)
    if lifecycle.state is not NodeState.READY:
        unknown.append(Kind.TASKS_HELD_BACK)
    return Observation(found, frozenset(unknown))


def _suspensions(state: State) -> Iterator[Condition]:
    """A newly listed asset that waits for its trust line is nothing to worry about."""
    moved = []
    for asset, suspension in state.assets.suspensions.items():
        name = format_asset(state.settings.assets[asset].identity)
        if suspension.reason is SuspensionReason.UNKNOWN_VAULT_TRANSACTION:
            moved.append(name)
        elif suspension.reason is not SuspensionReason.NO_TRUST_LINE:
            yield Condition(Kind.ASSET_SUSPENDED, name, f"{suspension.reason.name}, since quantum {suspension.since}")
    if moved:
        yield Condition(Kind.UNKNOWN_VAULT_TRANSACTION, detail=f"suspended: {', '.join(moved)}")


def _mode(state: State) -> Iterator[Condition]:
    if state.mode.mode is not Mode.ONLINE:
        reason = state.mode.reason or "no reason was given"
        yield Condition(Kind.MODE_RESTRICTED, detail=f"{mode_word(state.mode.mode)}: {reason}")


def _withheld(state: State) -> Iterator[Condition]:
    for task in islice(state.desk.withheld.values(), _WITHHELD_MAX):
        fields = withheld_json(state, task)
        detail = f"{fields['amount']} of {fields['asset']}, until {fields['approve_until']}"
        yield Condition(Kind.APPROVAL_NEEDED, f"withdrawal {fields['withdrawal']}", detail)


def _disk(disk: DiskSpace) -> Iterator[Condition]:
    if disk.is_low:
        yield Condition(
            Kind.DISK_LOW, detail=f"{disk.free_bytes} bytes are free, and {disk.minimum_free_bytes} must be"
        )


def _unknown_disk(disk: DiskSpace) -> Iterator[Kind]:
    if disk.free_bytes is None:
        yield Kind.DISK_LOW


def _certificate(tls: ServerCertificate) -> Iterator[Condition]:
    if tls.expires_soon:
        yield Condition(Kind.CERTIFICATE_EXPIRING, detail=tls.expires)
    if tls.has_expired:
        yield Condition(Kind.CERTIFICATE_EXPIRED, detail=tls.expires)
    if tls.problem is not None:
        yield Condition(Kind.CERTIFICATE_REFUSED, detail=tls.problem)


def _ledger(duties: LedgerDuties) -> Iterator[Condition]:
    if duties.is_late:
        yield Condition(Kind.LEDGER_LAG, detail=f"{duties.lag_s:.0f} s")
    if duties.last_error is not None:
        yield Condition(Kind.LEDGER_UNREADABLE, detail=duties.last_error)
    if duties.contradiction is not None:
        yield Condition(Kind.LEDGER_CONTRADICTION, detail=duties.contradiction)
    held = duties.signing.describe()
    if held:
        yield Condition(Kind.TASKS_HELD_BACK, detail=f"{len(held)}, the first one because: {held[0]['reason']}")
