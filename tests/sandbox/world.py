"""A ledger with named accounts: tests read like the transactions they make."""

import hashlib

from stellar_sdk import Account, Keypair, Operation, TransactionBuilder, TransactionEnvelope
from stellar_sdk import Asset as SdkAsset

from constellation.sandbox import Ledger, Submission, SubmissionStatus
from constellation.sandbox.history import TransactionRecord
from constellation.sandbox.results import result_codes

LUMEN = 10_000_000
NATIVE = SdkAsset.native()
NOW = 1_800_000_000


def key(name: str) -> Keypair:
    return Keypair.from_raw_ed25519_seed(hashlib.sha256(name.encode()).digest())


class World:
    def __init__(self, *names: str, **options) -> None:
        self.ledger = Ledger(genesis_time_s=NOW, **options)
        self.now = NOW
        self.fund(*names)

    def fund(self, *names: str) -> None:
        for name in names:
            assert self.ledger.friendbot.request(key(name).public_key)
        self.close()

    def close(self, seconds: int = 5):
        self.now += seconds
        return self.ledger.close(self.now)

    def account(self, name: str):
        return self.ledger.state.peek(key(name).public_key)

    def balance(self, name: str, asset: SdkAsset = NATIVE) -> int:
        if asset.is_native():
            return self.account(name).balance
        lines = {str(each): line for each, line in self.account(name).trust_lines.items()}
        return lines[f"{asset.code}:{asset.issuer}"].balance

    def envelope(
        self,
        source: str,
        *operations: Operation,
        signers: tuple[str, ...] | None = None,
        sequence_ahead: int = 0,
        base_fee: int = 100,
        bounds: tuple[int, int] = (0, 0),
        adjust=lambda builder: builder,
    ) -> TransactionEnvelope:
        account = self.account(source)
        sequence = (account.sequence if account else 0) + sequence_ahead
        builder = TransactionBuilder(
            Account(key(source).public_key, sequence), self.ledger.network_passphrase, base_fee
        )
        for operation in operations:
            builder.append_operation(operation)
        transaction = adjust(builder.add_time_bounds(*bounds)).build()
        for signer in (source,) if signers is None else signers:
            transaction.sign(key(signer))
        return transaction

    def submit(self, source: str, *operations: Operation, **options) -> Submission:
        return self.ledger.submit(self.envelope(source, *operations, **options).to_xdr())

    def apply(self, source: str, *operations: Operation, **options) -> TransactionRecord:
        submission = self.submit(source, *operations, **options)
        assert submission.status is SubmissionStatus.PENDING, codes(submission)
        (record,) = self.close().transactions
        return record

    def rejected(self, source: str, *operations: Operation, **options) -> list[str]:
        """Returns the codes with which a transaction is refused at the door."""
        submission = self.submit(source, *operations, **options)
        assert submission.status is SubmissionStatus.ERROR
        return codes(submission)

    def failed(self, source: str, *operations: Operation, **options) -> list[str]:
        """Returns the operations' codes of a transaction that fails in a ledger."""
        record = self.apply(source, *operations, **options)
        assert not record.is_successful
        return codes_of(record.result)


def codes(submission: Submission) -> list[str]:
    return codes_of(submission.error)


def codes_of(result) -> list[str]:
    found = result_codes(result)
    transaction = found.get("inner_transaction", found["transaction"])
    return list(found.get("operations", [transaction]))


def total_lumens(ledger: Ledger) -> int:
    balances = sum(account.balance for account in ledger.state.accounts())
    claimable = sum(each.amount for each in ledger.state.claimable_balances() if each.asset.is_native)
    return balances + claimable + ledger.latest.fee_pool
