"""Withdraws to a Stellar account, and says what became of it.

python -m constellation.examples.withdraw wss://alpha.example.org settings.json trader.seed XLM 50 GDEST…
"""

import sys
from pathlib import Path

from constellation.sdk import InvalidAddress, KeyPair, SyncExchange


def main(url: str, settings: str, seed_file: str, code: str, amount: str, destination: str) -> int:
    key_pair = KeyPair.from_text(Path(seed_file).read_text("utf-8").strip())
    with SyncExchange(url, settings, key_pair) as exchange:
        try:
            withdrawal = exchange.withdraw(code, amount, destination, params={"wait": "final"})
        except InvalidAddress as error:
            print(f"{destination} cannot receive it, and nothing has happened: {error}")
            return 1
        print(f"withdrawal {withdrawal.id} of {withdrawal.amount} {withdrawal.currency} is final; the ledger is next")
        while withdrawal.status == "pending":
            found = {changed.id: changed for changed in exchange.watch_withdrawals()}
            withdrawal = found.get(withdrawal.id, withdrawal)
        print(withdrawal.status, "by transaction", withdrawal.txid)
        return 0 if withdrawal.status == "ok" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
