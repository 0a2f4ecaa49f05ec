"""``constellation prove-reserves`` and ``constellation verify-balance``."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from constellation.node.config import ConfigurationError, check_is_free, check_websocket_url, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, read_key_file
from constellation.node.proposal_words import time_text
from constellation.protocol.messages import CountersEntry, Settings, StateEntryType, StateProof
from constellation.protocol.signing import KeyPair
from constellation.protocol.state_proofs import entry_key
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.sdk import Client, check_state
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.proof_document import DOCUMENT_MAX_BYTES, BalanceProof, read_document, write_document
from constellation.stellarlink import (
    HorizonNetwork,
    LedgerRecord,
    NetworkUnavailable,
)
from constellation.stellarlink.refund_history import read_history
from constellation.stellarlink.refund_ledger import check_history
from constellation.stellarlink.reserves import AssetReserve, VaultReading, compare_reserves

_PAUSE_S = 1.0
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Proofs:
    """Proofs under one checkpoint.

    Attributes:
        settings: of the settings in force.
        counters: of what is owed.
        account: of the holder's account, where one was asked for.
    """

    settings: StateProof
    counters: StateProof
    account: StateProof | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proofs show, checked.

    Attributes:
        settings: in force.
        counters: what is owed.
        proofs: as alpha sent them.
        terms: whose auditors they were checked with.
    """

    settings: Settings
    counters: CountersEntry
    proofs: Proofs
    terms: Terms


async def run_prove_reserves(
    url: str,
    horizon_url: str,
    settings_file: Path,
    account_key_file: Path | None,
    output: Path | None,
    timeout_s: float,
    as_json: bool,
) -> int:
    """Compare the vault with what is owed by proof; the exit code.

    Raises:
        ConfigurationError: something cannot be used.
        NetworkUnavailable: the vault could not be compared in time.
        SdkError: alpha cannot be reached, or says what does not hold.
    """
    check_websocket_url("--url", url)
    genesis = load_settings(settings_file)
    holder = None if account_key_file is None else read_key_file(account_key_file)
    if output is not None:
        check_is_free(output)
    try:
        network = HorizonNetwork(horizon_url)
    except ValueError as error:
        raise ConfigurationError(f"--horizon-url: {error}") from None
    async with network, Client(url, genesis, holder or new_key_pair()) as client:
        proven, reserves = await _compared(client, genesis, network, holder, timeout_s)
    text = _text(proven, reserves, holder)
    if output is not None:
        _write(output, text)
    _print(read_document(genesis, text), reserves, as_json)
    return int(ExitCode.OK if all(item.reason is None for item in reserves) else ExitCode.FAILED)


def _write(output: Path, text: str) -> None:
    with output.open("x") as file:
        file.write(text)


async def _compared(
    client: Client, genesis: Settings, network: HorizonNetwork, holder: KeyPair | None, timeout_s: float
) -> tuple[Proven, list[AssetReserve]]:
    """Proofs and the vault at moments that can be compared: nothing happened to the vault between them."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        proven = await _proven(client, holder)
        reading = await _reading(network, genesis, proven)
        if reading is not None:
            return proven, compare_reserves(proven.settings, proven.counters, reading)
        if time.monotonic() > deadline_s:
            raise NetworkUnavailable(
                f"the vault has moved since the last checkpoint (ledger {proven.counters.ledger_cursor >> 32}), for "
                f"{timeout_s:.0f} seconds: try again when there is a new checkpoint"
            )
        await asyncio.sleep(_PAUSE_S)


async def _proven(client: Client, holder: KeyPair | None) -> Proven:
    """All proofs under one checkpoint: asked for again when one comes in between."""
    for _ in range(_TRIES):
        settings = await client.prove_entry(StateEntryType.SETTINGS_ENTRY, b"")
        account = None
        if holder is not None:
            account = await client.prove_entry(StateEntryType.ACCOUNT_ENTRY, holder.public)
        counters = await client.prove_entry(StateEntryType.COUNTERS_ENTRY, b"")
        wanted = [(StateEntryType.SETTINGS_ENTRY, b"", settings), (StateEntryType.COUNTERS_ENTRY, b"", counters)]
        if holder is not None and account is not None:
            wanted.append((StateEntryType.ACCOUNT_ENTRY, holder.public, account))
        terms = client.terms
        found = [check_state(terms, entry_key(kind, identity), proof) for kind, identity, proof in wanted]
        if len({item.digest for item in found}) != 1:
            continue
        in_force, numbers = found[0].entry, found[1].entry
        if not isinstance(in_force, Settings) or not isinstance(numbers, CountersEntry):
            raise VerificationFailed("state proof", "alpha shows other entries than those that were asked for")
        return Proven(in_force, numbers, Proofs(settings, counters, account), terms)
    raise NetworkUnavailable(f"there was a new checkpoint between the proofs, {_TRIES} times in a row: try again")


async def _reading(network: HorizonNetwork, genesis: Settings, proven: Proven) -> VaultReading | None:
    """The vault, when nothing has happened to it and its channels since the proven state."""
    cursor = proven.counters.ledger_cursor
    before = await network.network()
    accounted = check_history(before, genesis, cursor)
    vault = await network.account(encode_public_key(genesis.vault))
    after = await network.network()
    history = await read_history(network, genesis, cursor, after.latest_ledger)
    if before.latest_ledger < accounted or history.deposits or history.used or history.outflows:
        return None
    return VaultReading(vault, before.latest_ledger, LedgerRecord(after.latest_ledger, after.latest_closed_at_s))


def _text(proven: Proven, reserves: Sequence[AssetReserve], holder: KeyPair | None) -> str:
    proofs = proven.proofs
    account = None if holder is None or proofs.account is None else (holder.address, proofs.account)
    vault = {
        "address": encode_public_key(proven.settings.vault),
        "ledger": reserves[0].ledger,
        "reserves": [item.to_json() for item in reserves],
    }
    return write_document(proven.terms, proofs.settings, proofs.counters, account, vault)


def _print(proof: BalanceProof, reserves: Sequence[AssetReserve], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**_facts(proof), "reserves": [item.to_json() for item in reserves]}))
        return
    _print_proof(proof)
    for item in reserves:
        document = item.to_json()
        verdict = document["problem"] or "covered"
        click.echo(
            f"{item.name}: {document['vault']} in the vault at ledger {item.ledger}, {document['owed']} owed: {verdict}"
        )


def run_verify_balance(document: Path, settings_file: Path, as_json: bool) -> None:
    """Check a file offline and print what it proves.

    Raises:
        ConfigurationError: a file cannot be read.
        VerificationFailed: something in it does not hold.
    """
    genesis = load_settings(settings_file)
    try:
        with document.open("rb") as file:
            text = file.read(DOCUMENT_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{document}: {error.strerror}") from None
    proof = read_document(genesis, text)
    if as_json:
        click.echo(json.dumps(_facts(proof)))
        return
    _print_proof(proof)
    if proof.vault is not None:
        click.echo("What a Horizon showed of the vault is in the file, too; that is not proven.")


def _facts(proof: BalanceProof) -> dict[str, Any]:
    return {
        "batch": proof.batch,
        "apex": proof.apex,
        "time": time_text(proof.timestamp),
        "ledger": proof.ledger,
        "header": proof.header_hash.hex(),
        "auditors": list(proof.auditors),
        "settings_version": proof.settings_version,
        "totals": {name: str(value) for name, value in proof.totals.items()},
        "suspended": {name: reason.name for name, reason in proof.suspended.items()},
        "account": proof.account,
        "balances": None
        if proof.balances is None
        else {name: {"total": str(item.total), "locked": str(item.locked)} for name, item in proof.balances.items()},
    }


def _print_proof(proof: BalanceProof) -> None:
    click.echo(f"proven by {len(proof.auditors)} auditors: {', '.join(proof.auditors)}")
    click.echo(
        f"as of quantum {proof.apex}, {time_text(proof.timestamp)}, with everything up to ledger {proof.ledger}; "
        f"settings version {proof.settings_version}"
    )
    for name, value in proof.totals.items():
        suspended = f" (suspended: {proof.suspended[name].name})" if name in proof.suspended else ""
        click.echo(f"owed to all: {value:f} {name}{suspended}")
    if proof.account is not None:
        click.echo(f"account {proof.account}" + (" does not exist" if proof.balances is None else ":"))
        for item in (proof.balances or {}).values():
            click.echo(f"  {item.total} {item.asset}, {item.locked} of it locked")
