"""Files that an operator writes, or a node has written: whatever is in them gets a clear error."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from constellation.node.appoint_commands import AppointmentsFile
from constellation.node.appointments import newest
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.evidence_replay import read_evidence
from constellation.node.keys import read_address, read_key_file
from constellation.node.keystore import Cost, KeystoreError, lock_keystore, unlock_keystore
from constellation.node.plan import load_plan, to_vault_plan
from constellation.node.refund_record import RECORD_FILE, read_record
from constellation.node.secret_files import KeyFileError
from constellation.node.settings_edit import edit_settings, read_settings
from constellation.node.witness import Witness
from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.messages import encode_cluster_message
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_seed
from constellation.quanta import validate_settings
from constellation.snapshots import Standing
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_json
from fuzzing.files import directory
from fuzzing.past import TRADERS, appointed, past, world

logging.getLogger("constellation.node").addHandler(logging.NullHandler())

_SNIPPETS = (
    b"[" * 50_000, b'{"a":' * 50_000, b"\xff", b"nan", b"inf", b"1e999", b"9" * 5000, b"\n[", b"[[x]]\n", b"= ", b'"""',
    b"1979-05-27T07:32:00Z", b"\0", b"true", b"\\ud800", b"'", b"-1", b"0.5", b"[alpha]\n", b"\xef\xbb\xbf",
)  # fmt: skip


@cache
def _plan() -> bytes:
    auditors = [key.address for key in world().auditors]
    return f"""
network_passphrase = "Test ; 2026"
alpha = "{world().alpha.address}"
auditors = {json.dumps(auditors)}
fee_account = "{world().fee_account.address}"
channels = 2
minimum_balance = "1"
[limits]
validity_s = 60
[[assets]]
asset = "native"
[[assets]]
asset = "USD:{TRADERS[0].address}"
minimum_deposit = "0.5"
[[markets]]
base = "native"
quote = "USD:{TRADERS[0].address}"
price_decimals = 4
tick = 10
lot = "0.1"
minimum_notional = "0.01"
""".encode()


_CONFIG = b"""
settings_file = "a.json"
horizon_urls = ["http://127.0.0.1:8000", "https://h:1"]
ledger_lag_limit_s = 30.5
log_level = "INFO"
http_listen = "[::1]:7000"
[alpha]
client_listen = "127.0.0.1:7001"
checkpoint_quanta = 10
[auditor]
alpha_url = "ws://127.0.0.1:7002"
[retention]
hours = 1.5
"""

_ASSIGNMENTS = (
    "limits.open_orders=300", "markets[0].status=MARKET_HALTED", "markets[0]={}", "assets[3]=[]", "auditors[0]=x",
    "markets[9].tick=1", "vault=", "minimum_balance=NaN", "limits={}", "transaction_fee_stroops=1e999", "markets=[]",
)  # fmt: skip


def fuzz(data: bytes) -> None:
    """Raises when a reader lets another error out than the documented one."""
    choices = Choices(data)
    original, read = choices.of(_readers())
    text = _changed(choices, original)
    path = directory() / "node.seed"
    path.write_bytes(text)
    path.chmod(0o600)
    try:
        read(path)
    except (ConfigurationError, KeyFileError) as error:
        str(error).encode(errors="surrogateescape")
    _edit(choices)


def _changed(choices: Choices, text: bytes) -> bytes:
    if text.startswith(b"{") and choices.flag():
        return json.dumps(edit_json(choices, json.loads(text))).encode()
    for _ in range(choices.below(3)):
        place = choices.number(2) % (len(text) + 1)
        text = text[:place] + choices.of([*_SNIPPETS, choices.piece()]) + text[place + choices.below(8) :]
    return edit_bytes(choices, text, [_plan(), _CONFIG]) if choices.flag() else text


def _edit(choices: Choices) -> None:
    assignment = choices.of(_ASSIGNMENTS)
    place = choices.below(len(assignment) + 1)
    added = choices.piece().decode("utf-8", "replace")
    try:
        settings = edit_settings(
            world().settings, [assignment[:place] + added + assignment[place + choices.below(4) :]]
        )
    except ConfigurationError:
        return
    validate_settings(settings)


@cache
def _readers() -> list[tuple[bytes, Callable[[Path], Any]]]:
    settings = json.dumps(settings_to_json(world().settings)).encode()
    appointments = json.dumps(appointments_to_json(world().constellation, appointed().appointments)).encode()
    evidence = {
        "code": "BROKEN_CHAIN",
        "reason": "x",
        "settings_hash": settings_hash(world().settings).hex(),
        "tip_before": {"epoch": 1, "number": 1, "digest": "ab" * 32},
        "message_xdr": encode_cluster_message(past().batches[0]).hex(),
    }
    record = {"plan": "ab" * 32, "max_time_s": 1, "last_sequences": {TRADERS[0].address: 1}}
    witness = {"constellation": world().constellation.hex(), "epoch": 3, "certified_batch": 7}
    return [
        (_plan(), lambda path: to_vault_plan(load_plan(path))),
        (_CONFIG, lambda path: load_config(path, {})),
        (settings, load_settings),
        (settings, lambda path: validate_settings(read_settings(path))),
        (appointments, lambda path: newest(world().terms, path)),
        (appointments, lambda path: AppointmentsFile(path, world().settings)),
        (json.dumps(evidence).encode(), read_evidence),
        (json.dumps(record).encode(), _read_record),
        (json.dumps(witness).encode(), _read_witness),
        (encode_seed(bytes(32)).encode(), read_key_file),
        (lock_keystore(TRADERS[0], "phrase", Cost(1, 8192)).encode(), _read_keystore),
    ]


def _read_keystore(path: Path) -> None:
    with suppress(KeystoreError):
        unlock_keystore(path.read_text("ascii", errors="replace"), "phrase")
    read_address(path)


def _read_record(path: Path) -> None:
    path.rename(path.with_name(RECORD_FILE))
    read_record(path.parent)


def _read_witness(path: Path) -> None:
    path.rename(path.with_name("key.witness"))
    Witness(path.with_name("key"), world().constellation).is_ahead_of(Standing(1, 1))
