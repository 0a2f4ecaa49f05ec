"""Proofs in a file: what somebody owns and what the constellation owes, for anybody who trusts the settings of genesis.

::

    {
      "format": "constellation balance proof", "version": 1,
      "constellation": "<hex>",
      "appointments": [{"term": 1, …}, …],
      "account": "G…" or null,
      "proofs": {"settings": "<base64>", "counters": "<base64>", "account": "<base64>"},
      "vault": {…} or null
    }

The appointments (:mod:`constellation.protocol.appointments_json`) say who the auditors have been since genesis; each is
signed by those before it. Each proof is the XDR of a ``StateProof`` (``xdr/client.x``) with request id 0. All are under
the same checkpoint, whose header a quorum of the auditors of its time has signed. ``vault`` is what a Horizon showed to
the one who made the file: no proof.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from constellation.protocol.appointments_json import Json, appointments_from_json, appointments_to_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    AccountEntry,
    CountersEntry,
    Settings,
    StateEntryType,
    StateProof,
    SuspensionReason,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.state_proofs import ProvenEntry, check_entry, entry_key
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.terms import Terms, check_appointments
from constellation.protocol.xdr import MalformedMessage
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import amount
from constellation.sdk.views import Balance, balance_view

FORMAT: Final = "constellation balance proof"
VERSION: Final = 1
DOCUMENT_MAX_BYTES: Final = 18 * 1024 * 1024
"""Three proofs of at most 4 MiB, in base64, and the appointments."""

_FIELDS = ("format", "version", "constellation", "appointments", "account", "proofs", "vault")


@dataclass(frozen=True, slots=True)
class BalanceProof:
    """What a file proves.

    Attributes:
        batch: number of the checkpoint's batch.
        apex: the last quantum before it.
        timestamp: of that quantum, microseconds since 1970.
        ledger: up to which ledger everything is accounted for.
        header_hash: what the auditors signed, or a later header through the hash chain.
        auditors: addresses of those who signed.
        settings_version: how often the settings had been changed.
        totals: what the constellation owes, by asset name.
        suspended: why assets are suspended, by asset name.
        account: ``G…`` of the account that the file is about, if it is.
        balances: of that account, by asset name; None when it is proven not to exist.
        vault: what a Horizon showed to the one who made the file; not proven.
    """

    batch: int
    apex: int
    timestamp: int
    ledger: int
    header_hash: bytes
    auditors: tuple[str, ...]
    settings_version: int
    totals: Mapping[str, Decimal]
    suspended: Mapping[str, SuspensionReason]
    account: str | None
    balances: Mapping[str, Balance] | None
    vault: Mapping[str, Any] | None


def write_document(
    terms: Terms,
    settings: StateProof,
    counters: StateProof,
    account: tuple[str, StateProof] | None,
    vault: Mapping[str, Any] | None,
) -> str:
    """The file's text.

    Args:
        terms: the settings of genesis, and the appointments since.
        settings: proof of the settings in force.
        counters: proof of the counters, under the same checkpoint.
        account: address and proof of an account, under the same checkpoint.
        vault: what a Horizon shows.
    """
    proofs = {"settings": _encoded(settings), "counters": _encoded(counters)}
    if account is not None:
        proofs["account"] = _encoded(account[1])
    constellation = settings_constellation_id(terms.settings)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "constellation": constellation.hex(),
        "appointments": appointments_to_json(constellation, terms.appointments)["appointments"],
        "account": None if account is None else account[0],
        "proofs": proofs,
        "vault": vault,
    }
    return json.dumps(document, indent=2) + "\n"


def _encoded(proof: StateProof) -> str:
    return b64encode(replace(proof, request_id=0).to_xdr()).decode("ascii")


def read_document(genesis: Settings, text: str | bytes) -> BalanceProof:
    """Check a file from scratch, without asking anybody.

    Args:
        genesis: the settings of genesis, which the reader trusts.
        text: of the file.

    Raises:
        VerificationFailed: something in it does not hold; the message says what.
    """
    document = _document(text)
    if document["constellation"] != settings_constellation_id(genesis).hex():
        raise VerificationFailed("constellation", "the proof is of another constellation than the settings")
    terms = _terms(genesis, document["appointments"])
    address = document["account"]
    keys = {
        "settings": entry_key(StateEntryType.SETTINGS_ENTRY, b""),
        "counters": entry_key(StateEntryType.COUNTERS_ENTRY, b""),
    }
    if address is not None:
        keys["account"] = entry_key(StateEntryType.ACCOUNT_ENTRY, _key(address))
    proofs = document["proofs"]
    if not isinstance(proofs, dict) or sorted(proofs) != sorted(keys):
        raise VerificationFailed("document", f"proofs of {', '.join(keys)} are needed, nothing else")
    decoded = {name: _decoded(name, proofs[name]) for name in keys}
    found = {name: _checked(name, terms, key, decoded[name]) for name, key in keys.items()}
    if len({item.digest for item in found.values()}) != 1:
        raise VerificationFailed("document", "the proofs are not under the same checkpoint")
    signatures = decoded["counters"].finality.certificate.signatures
    auditors = tuple(encode_public_key(item.auditor) for item in signatures)
    return _proof(found, auditors, address, document["vault"])


def _document(text: str | bytes) -> dict[str, Any]:
    if len(text) > DOCUMENT_MAX_BYTES:
        raise VerificationFailed("document", f"it is longer than {DOCUMENT_MAX_BYTES} bytes")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise VerificationFailed("document", f"it is no JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise VerificationFailed("document", f"its format is not {FORMAT!r}")
    if document.get("version") != VERSION:
        raise VerificationFailed("document", f"version {document.get('version')!r} is not known; {VERSION} is")
    if sorted(document) != sorted(_FIELDS):
        raise VerificationFailed("document", f"it must have exactly the fields {', '.join(_FIELDS)}")
    return document


def _terms(genesis: Settings, appointments: object) -> Terms:
    constellation = settings_constellation_id(genesis)
    document: Json = {"constellation_id": constellation.hex(), "appointments": appointments}
    try:
        found = appointments_from_json(constellation, document)
        if _text(appointments_to_json(constellation, found)) != _text(document):
            raise ValueError("they are not written the one way in which appointments are written")
        return check_appointments(genesis, found)
    except VerificationError as error:
        raise VerificationFailed("appointments", error.message) from None
    except ValueError as error:
        raise VerificationFailed("appointments", str(error)) from None


def _text(document: Json) -> str:
    return json.dumps(document, sort_keys=True)


def _key(address: object) -> bytes:
    try:
        return decode_public_key(address if isinstance(address, str) else "")
    except ValueError as error:
        raise VerificationFailed("account", str(error)) from None


def _decoded(name: str, text: object) -> StateProof:
    try:
        xdr = b64decode(text if isinstance(text, str) else "", validate=True)
        if b64encode(xdr).decode("ascii") != text:
            raise ValueError("it is not written the one way in which base64 is written")
        proof = StateProof.from_xdr(xdr)
    except (binascii.Error, MalformedMessage, ValueError) as error:
        raise VerificationFailed(f"proof of {name}", f"it cannot be read: {error}") from None
    if proof.request_id:
        raise VerificationFailed(f"proof of {name}", "its request id is not 0")
    return proof


def _checked(name: str, terms: Terms, key: bytes, proof: StateProof) -> ProvenEntry:
    try:
        return check_entry(terms, key, proof)
    except VerificationError as error:
        raise VerificationFailed(f"proof of {name}", error.message) from None


def _proof(
    found: Mapping[str, ProvenEntry], auditors: tuple[str, ...], address: str | None, vault: Mapping[str, Any] | None
) -> BalanceProof:
    settings, counters = found["settings"].entry, found["counters"].entry
    entry = found["account"].entry if "account" in found else None
    if not isinstance(settings, Settings) or not isinstance(counters, CountersEntry):
        raise VerificationFailed("document", "the proofs show other entries than they should")
    if entry is not None and not isinstance(entry, AccountEntry):
        raise VerificationFailed("document", "the proof of the account shows another entry")
    catalogue, header = Catalogue(settings), found["counters"].header
    names = catalogue.asset_names
    balances = None if entry is None else [balance_view(catalogue, item) for item in entry.balances]
    return BalanceProof(
        batch=header.number,
        apex=header.last_apex,
        timestamp=header.timestamp,
        ledger=counters.ledger_cursor >> 32,
        header_hash=found["counters"].digest,
        auditors=auditors,
        settings_version=counters.settings_version,
        totals={names[total.asset]: amount(total.held) for total in counters.totals},
        suspended={
            names[total.asset]: total.suspension.reason for total in counters.totals if total.suspension is not None
        },
        account=address,
        balances=None if balances is None else {item.asset: item for item in balances},
        vault=vault,
    )
