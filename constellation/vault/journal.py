"""A journal of changes that may have to be undone: a request batch that is all or nothing can fail at any operation.

Whoever changes something while there is a journal notes first how to undo just that. Undone backwards, every step finds
what it left behind; so it need not know what came later.
"""

from collections.abc import Callable

from constellation.vault.account import Account

Undo = tuple[Callable[..., None], tuple[object, ...]]


class Journal:
    """How to undo what was changed since it was opened."""

    __slots__ = ("_accounts", "_steps")

    def __init__(self) -> None:
        self._steps: list[Undo] = []
        self._accounts: dict[Account, None] = {}

    def note(self, undo: Callable[..., None], *arguments: object) -> None:
        """Something is about to change that ``undo`` with these arguments brings back."""
        self._steps.append((undo, arguments))

    def note_order_lost(self, account: Account, order_id: int, client_order_id: str) -> None:
        """An order of ``account`` is about to be forgotten; its orders are in the order of their ids."""
        self._accounts[account] = None
        self._steps.append((account.add_order, (order_id, client_order_id)))

    def undo(self) -> None:
        """Bring everything back."""
        while self._steps:
            undo, arguments = self._steps.pop()
            undo(*arguments)
        for account in self._accounts:  # sorted once, not for each of thousands of orders
            account.sort_orders()
        self._accounts = {}
