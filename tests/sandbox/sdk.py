"""A synchronous session of the official SDK, for tests that run it in a thread."""

import pytest
from stellar_sdk import Keypair, Server, TransactionBuilder
from stellar_sdk.client.requests_client import RequestsClient
from stellar_sdk.exceptions import BadRequestError


class Client:
    """A synchronous session: everything a wallet does."""

    def __init__(self, url, passphrase):
        self.url = url
        self.passphrase = passphrase
        self.http = RequestsClient(num_retries=0)
        self.horizon = Server(url, self.http)

    def fund(self):
        keypair = Keypair.random()
        response = self.http.get(f"{self.url}/friendbot", {"addr": keypair.public_key})
        assert response.status_code == 200, response.text
        return keypair

    def build(self, source, *operations, signers=(), fee=100, timeout=30, account=None):
        account = account or self.horizon.load_account(source.public_key)
        builder = TransactionBuilder(account, self.passphrase, fee)
        for operation in operations:
            builder.append_operation(operation)
        transaction = builder.set_timeout(timeout).build()
        for signer in signers or (source,):
            transaction.sign(signer)
        return transaction

    def submit(self, source, *operations, **options):
        return self.horizon.submit_transaction(self.build(source, *operations, **options))

    def refused(self, source, *operations, **options):
        with pytest.raises(BadRequestError) as caught:
            self.submit(source, *operations, **options)
        error = caught.value
        assert error.type == "https://stellar.org/horizon-errors/transaction_failed"
        assert (error.title, error.status) == ("Transaction Failed", 400)
        assert set(error.extras) == {"envelope_xdr", "result_xdr", "result_codes"}
        codes = error.extras["result_codes"]
        return codes.get("operations", codes["transaction"])

    def close(self):
        self.http.close()
