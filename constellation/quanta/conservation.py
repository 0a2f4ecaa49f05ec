"""Conservation of money as a query: counts everything again and compares (design, section 3)."""

from constellation.protocol.messages import Side
from constellation.quanta.state import State
from constellation.vault import WithdrawalTask


def conservation_errors(state: State) -> list[str]:
    """Everything that does not add up, one sentence each; empty when money is conserved.

    Per asset: all balances and suspense = what the vault must hold; every account's liabilities = what its open
    orders and unsettled withdrawals lock. Costs a pass over the whole state.
    """
    errors = []
    balances = [0] * len(state.assets)
    locked = _locked(state)
    for account in state.vault.accounts.values():
        for asset, balance in account.balances.items():
            balances[asset] += balance.amount
            expected = locked.pop((account.key, asset), 0)
            if not 0 <= balance.liabilities <= balance.amount or balance.liabilities != expected:
                errors.append(
                    f"account {account.key.hex()[:8]}, asset {asset}: {balance.amount} with {balance.liabilities} "
                    f"locked, orders and withdrawals lock {expected}"
                )
    errors += [f"{amount} of asset {asset} is locked for nobody" for (_, asset), amount in locked.items()]
    for asset, held in enumerate(state.vault.held):
        found = balances[asset] + state.suspense.sum(asset)
        if found != held:
            errors.append(f"asset {asset}: {found} found, the vault holds {held}")
    for market in state.engine.markets:
        if market.book.is_crossed():
            errors.append(f"the book of market {market.market_id} is crossed")
    return errors


def _locked(state: State) -> dict[tuple[bytes, int], int]:
    """What orders and withdrawals lock, by account and asset."""
    locked: dict[tuple[bytes, int], int] = {}

    def add(owner: bytes, asset: int, amount: int) -> None:
        locked[owner, asset] = locked.get((owner, asset), 0) + amount

    for market in state.engine.markets:
        for order in market.book:
            asset = market.quote if order.side is Side.BUY else market.base
            add(order.owner, asset, market.commitment(order.side, order.remaining, order.price))
    for hold in state.vault.holds.values():
        add(hold.owner, hold.asset, hold.amount)
    for armed in state.engine.triggers.armed.values():
        add(armed.owner, state.engine.markets[armed.market].gives[armed.operation.side], armed.locked)
    for task in state.desk.tasks:
        if isinstance(task, WithdrawalTask):
            add(task.account, task.operation.asset, task.operation.amount)
    return locked
