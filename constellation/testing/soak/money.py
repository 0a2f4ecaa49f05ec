"""Compares deposits and withdrawals in the history with what the ledger did to the vault."""

from collections import Counter
from typing import TypeVar

from constellation.protocol.messages import (
    DepositCredited,
    Effect,
    Settings,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
)
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import Machine, SealedBatch
from constellation.stellarlink import HorizonNetwork
from constellation.stellarlink.refund_history import read_history
from constellation.testing.soak.findings import Violation

_Item = TypeVar("_Item", bound=tuple[object, ...])


class MoneyOracle:
    """Takes the batches of the history, and compares at the end.

    Args:
        settings: of the constellation, which stay the same.

    Attributes:
        deposits: credited ones.
        paid: withdrawals that the ledger has paid.
        closed: withdrawals by their outcome.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._begin = Machine(settings).state.ledger_cursor
        self._open: dict[int, tuple[str, str, int]] = {}
        self.deposits: Counter[tuple[int, str, str, int]] = Counter()
        self.paid: Counter[tuple[str, str, str, int]] = Counter()
        self.closed: Counter[str] = Counter()

    def take_batch(self, sealed: SealedBatch) -> None:
        """A batch is final on all nodes.

        Raises:
            Violation: a withdrawal is closed twice.
        """
        for executed in sealed.executed:
            for group in executed.groups:
                for effect in group.effects:
                    self._take(effect)

    def _take(self, effect: Effect) -> None:
        match effect:
            case DepositCredited():
                source = encode_public_key(effect.source)
                self.deposits[effect.operation, source, self._asset(effect.asset), effect.amount] += 1
            case WithdrawalAccepted():
                destination = encode_public_key(effect.destination)
                self._open[effect.withdrawal] = destination, self._asset(effect.asset), effect.amount
            case WithdrawalClosed():
                payment = self._open.pop(effect.withdrawal, None)
                if payment is None:
                    raise Violation("withdrawals", f"withdrawal {effect.withdrawal} is closed, and was not open")
                self.closed[effect.outcome.name] += 1
                if effect.outcome is WithdrawalOutcome.PAID:
                    self.paid[effect.transaction.hex(), *payment] += 1
            case _:
                pass

    def _asset(self, number: int) -> str:
        return format_asset(self._settings.assets[number].identity)

    async def finish(self, machine: Machine, network: HorizonNetwork) -> None:
        """Compare with the ledger, at rest: no withdrawal is on its way, and all ledgers were reported.

        Raises:
            Violation: the vault was moved otherwise than the history says, or holds something else.
            StellarLinkError: the ledger cannot be read.
        """
        if self._open:
            raise Violation("withdrawals", f"{len(self._open)} withdrawals are not closed: {list(self._open)[:10]}")
        now = await network.network()
        ledger = await read_history(network, self._settings, self._begin, now.latest_ledger)
        paid = Counter((item.hash, item.receiver, item.asset, item.amount) for item in ledger.outflows)
        _compare("withdrawals", self.paid, paid)
        found = Counter((item.place, item.source, item.asset, item.amount) for item in ledger.deposits)
        _compare("deposits", self.deposits, found)
        await self._check_vault(machine, network)

    async def _check_vault(self, machine: Machine, network: HorizonNetwork) -> None:
        vault = await network.account(encode_public_key(self._settings.vault))
        for number, held in enumerate(machine.state.vault.held):
            identity = self._settings.assets[number].identity
            balance = None if vault is None else vault.balance(identity)
            owed = held + (self._settings.vault_reserve if identity is None else 0)
            found = 0 if balance is None else balance.amount
            if found != owed:
                raise Violation("vault", f"it has {found} stroops of {format_asset(identity)}, and {owed} are owed")


def _compare(oracle: str, history: Counter[_Item], ledger: Counter[_Item]) -> None:
    for item in history - ledger:
        raise Violation(oracle, f"in the history and not on the ledger: {item}")
    for item in ledger - history:
        raise Violation(oracle, f"on the ledger and not in the history: {item}")
