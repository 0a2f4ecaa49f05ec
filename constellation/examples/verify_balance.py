"""Proves what an account owns: trusts the auditors' keys in the settings, and nobody's word.

python -m constellation.examples.verify_balance wss://alpha.example.org settings.json trader.seed balance.proof
"""

import sys
from pathlib import Path

from constellation.sdk import KeyPair, StateProof, SyncExchange, account_key, check_state


def main(url: str, settings: str, seed_file: str, proof_file: str) -> None:
    key_pair = KeyPair.from_text(Path(seed_file).read_text("utf-8").strip())
    with SyncExchange(url, settings, key_pair) as exchange:
        proven = exchange.run(exchange.client.prove_account())
        terms = exchange.client.terms
    Path(proof_file).write_bytes(proven.proof.to_xdr())
    print("as of quantum", proven.apex, "signed by", *proven.auditors)
    for balance in proven.value.balances.values() if proven.value else ():
        print(balance.asset, balance.total)

    # Later, anywhere, without a connection: a single changed bit is a VerificationFailed.
    found = check_state(terms, account_key(key_pair.address), StateProof.from_xdr(Path(proof_file).read_bytes()))
    print("the file proves the same in batch", found.header.number)


if __name__ == "__main__":
    main(*sys.argv[1:])
