"""The deterministic state machine: one file per kind of quantum; execute(quantum) -> effects."""

from constellation.quanta.authorship import request_signature_fits
from constellation.quanta.batch import (
    CheckSignatures,
    SealedBatch,
    Tip,
    batch_effects,
    check_client_signatures,
    check_follows,
    replay,
    reseal,
    seal,
    signed_batch,
)
from constellation.quanta.conservation import conservation_errors
from constellation.quanta.executed import Executed
from constellation.quanta.genesis import validate_settings
from constellation.quanta.governance import check_decision
from constellation.quanta.keys import check_signer, is_owner, last_nonce
from constellation.quanta.ledger_report import event_place
from constellation.quanta.machine import Machine
from constellation.quanta.rules import RULES, describe_known, newest_rules
from constellation.quanta.settings_change import settings_change_problems
from constellation.quanta.state import EntryKind, State
from constellation.quanta.state_restore import InvalidEntries, restore_state

__all__ = [
    "RULES",
    "CheckSignatures",
    "EntryKind",
    "Executed",
    "InvalidEntries",
    "Machine",
    "SealedBatch",
    "State",
    "Tip",
    "batch_effects",
    "check_client_signatures",
    "check_decision",
    "check_follows",
    "check_signer",
    "conservation_errors",
    "describe_known",
    "event_place",
    "is_owner",
    "last_nonce",
    "newest_rules",
    "replay",
    "request_signature_fits",
    "reseal",
    "restore_state",
    "seal",
    "settings_change_problems",
    "signed_batch",
    "validate_settings",
]
