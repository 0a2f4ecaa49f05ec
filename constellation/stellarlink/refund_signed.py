"""The transactions of a plan with their signatures: exactly as many as the ledger wants, and none that does not fit."""

from dataclasses import dataclass
from enum import Enum

from stellar_sdk import TransactionEnvelope

from constellation.protocol.messages import Code, Settings
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.stellarlink.refund_document import Json
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_transactions import Transfer, inner_envelope, transfers
from constellation.stellarlink.signatures import SignatureSet


class Result(Enum):
    """What became of a transaction."""

    PAID = "paid"
    FAILED = "failed"
    OPEN = "open"


@dataclass(slots=True)
class SignedTransaction:
    """A transaction of a plan with exactly the signatures it needs.

    Attributes:
        channel: its source.
        sequence: its number.
        max_time_s: the last ledger close time at which it is valid; 0 when there is no bound.
        hash: hexadecimal.
        envelope_xdr: base64, signed.
        pays: what it takes out of the vault, read from its own bytes.
        result: what is known.
        detail: why it is not paid, for people.
    """

    channel: str
    sequence: int
    max_time_s: int
    hash: str
    envelope_xdr: str
    pays: list[Transfer]
    result: Result = Result.OPEN
    detail: str = "not submitted"


def attach_signatures(
    settings: Settings, signers: Members, document: Json, signatures: dict[str, list[bytes]]
) -> list[SignedTransaction]:
    """The plan's transactions, each with a quorum of signatures and not one more.

    Args:
        settings: of the constellation: network and vault.
        signers: who sign for the vault on the ledger, and how many of them.
        document: of the plan.
        signatures: by auditor's address, one for each transaction.

    Raises:
        RefundRefused: MALFORMED, or NOT_ENOUGH_SIGNATURES with the transaction that lacks some.
    """
    found = []
    try:
        for number, item in enumerate(document["transactions"]):
            envelope = inner_envelope(item["envelope_xdr"], settings.network_passphrase)
            found.append(_attach(settings, signers, envelope, number, signatures))
    except RefundRefused:
        raise
    except Exception as error:  # the decoders raise whatever their input provokes
        raise RefundRefused(f"the plan's transactions are malformed: {error!r:.200}", Code.MALFORMED) from None
    return found


def _attach(
    settings: Settings,
    signers: Members,
    envelope: TransactionEnvelope,
    number: int,
    signatures: dict[str, list[bytes]],
) -> SignedTransaction:
    digest = envelope.hash()
    valid = SignatureSet(signers, signers.auditors, digest)
    for auditor, given in signatures.items():
        if number < len(given):
            valid.add(decode_public_key(auditor), given[number])
    if not valid.is_enough:
        raise RefundRefused(
            f"transaction {number + 1} ({digest.hex()}) has {len(valid)} valid signatures of those who sign "
            f"for the vault, {quorum_of(signers)} are needed",
            Code.NOT_ENOUGH_SIGNATURES,
        )
    envelope.signatures = valid.exactly_enough()
    transaction = envelope.transaction
    bounds = transaction.preconditions.time_bounds if transaction.preconditions else None
    return SignedTransaction(
        channel=transaction.source.account_id,
        sequence=transaction.sequence,
        max_time_s=bounds.max_time if bounds else 0,
        hash=digest.hex(),
        envelope_xdr=envelope.to_xdr(),
        pays=transfers(transaction, encode_public_key(settings.vault)),
    )
