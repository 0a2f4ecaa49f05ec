"""The keys of a simulated trader, on paper: they survive its program."""

from collections.abc import Iterator
from typing import Final

from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.sub_accounts import sub_account_key
from constellation.sdk.effects import KeyRotated
from constellation.sdk.keys import RightName
from constellation.sdk.receipts import Event, Receipt
from constellation.testing.world import key_of

_AGENTS: Final = 10  # more than an account may have
_RIGHTS: Final[tuple[tuple[RightName, ...], ...]] = (("trade",), ("pay",), ("trade", "pay", "withdraw"))


def _agents_of(account: bytes) -> list[tuple[KeyPair, tuple[RightName, ...]]]:
    address = encode_public_key(account)
    return [(key_of(f"{address} agent {n}"), _RIGHTS[n % len(_RIGHTS)]) for n in range(_AGENTS)]


class Keyring:
    """Who may own the account, and its agents, each with the same rights whenever it is appointed.

    Args:
        address: the key of its address.

    Attributes:
        account: its key.
        agents: keys and their rights.
        former: keys that owned the account and, unless one is made so again, do not any more.
        errors: what must not be.
    """

    is_open: Final = True

    def __init__(self, address: KeyPair) -> None:
        self.account = address.public
        self.agents = _agents_of(self.account)
        self.former: list[KeyPair] = []
        self.errors: list[str] = []
        self._address = address
        self._owners = [address]
        self._current = address
        self._made = 0
        self._is_final = False

    @property
    def owner(self) -> KeyPair:
        """The key that owns the account, as far as is known."""
        return self._current

    @property
    def must_be_named(self) -> bool:
        """Whether the owner must be named beside the account, for the key may have been rotated."""
        return self._made > 0

    @property
    def old_owner(self) -> KeyPair | None:
        """A key that owned the account, and may own it again."""
        return self._address if self._current is not self._address else None

    def make_owner(self) -> KeyPair:
        """A new key, noted before anybody is asked to make it the owner's."""
        self._made += 1
        return self.expect(key_of(f"{self._address.address} owner {self._made}"))

    def expect(self, key: KeyPair) -> KeyPair:
        """The key may become the owner's."""
        self._made = max(self._made, 1)
        self._owners.append(key)
        return key

    def may_own(self, key: KeyPair) -> bool:
        """Whether the key may be the owner's now."""
        return any(key.public == owner.public for owner in self._owners)

    def doubt(self) -> None:
        """The key is not the owner's: one of the others must be."""
        keys = list({key.public: key for key in self._owners}.values())
        if len(keys) == 1 and self._is_final:
            self.errors.append("the only key that can own the account may not sign for it")
        place = next((place for place, key in enumerate(keys) if key is self._current), 0)
        self._current = keys[place - 1]

    def told(self, event: Event) -> None:
        """The account was told something, which may be lost again."""
        for place in self._rotations(event):
            self._current = self._owners[place]

    def final(self, event: Event) -> None:
        """What was told is final: the owners before it are none any more, unless they are made so again."""
        for place in self._rotations(event):
            self.former += self._owners[:place]
            self._owners = self._owners[place:]
            self._is_final = True

    def _rotations(self, event: Event) -> Iterator[int]:
        for effect in event.effects:
            if isinstance(effect, KeyRotated):
                known = [place for place, key in enumerate(self._owners) if key.address == effect.new_key]
                yield from known[:1]


class SubKeyring:
    """Who may sign for a sub-account: its parent's owner, and agents of its own.

    Args:
        parent: keys of the account whose sub-account it is.
        number: of the sub-account.

    Attributes:
        number: of the sub-account.
        account: its key.
        agents: as of a :class:`Keyring`.
        is_open: as far as is known.
        errors: as of a :class:`Keyring`.
    """

    must_be_named: Final = True
    old_owner: Final = None

    def __init__(self, parent: Keyring, number: int) -> None:
        self.number = number
        self.account = sub_account_key(parent.account, number)
        self.agents = _agents_of(self.account)
        self.is_open = False
        self.errors: list[str] = []
        self._parent = parent

    @property
    def owner(self) -> KeyPair:
        """See :class:`Keyring`."""
        return self._parent.owner

    def make_owner(self) -> KeyPair:
        """A key that must not become the owner's."""
        return key_of(f"{encode_public_key(self.account)} owner")

    def expect(self, key: KeyPair) -> KeyPair:
        """See :class:`Keyring`."""
        return key

    def doubt(self) -> None:
        """The account is not open, or its parent finds out who the owner is."""

    def told(self, event: Event) -> None:
        """Who its owner is, the parent is told, too; nobody can have asked for it here."""
        if isinstance(event, Receipt) and any(isinstance(effect, KeyRotated) for effect in event.effects):
            self.errors.append("a sub-account was rotated by itself")

    def final(self, event: Event) -> None:
        """See :meth:`told`."""


Keys = Keyring | SubKeyring
"""Of an account of either kind."""
