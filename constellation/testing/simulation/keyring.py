"""The keys of a simulated trader, on paper: they survive its program."""

from collections.abc import Iterator
from typing import Final

from constellation.protocol.signing import KeyPair
from constellation.sdk.effects import KeyRotated
from constellation.sdk.keys import RightName
from constellation.sdk.receipts import Event
from constellation.testing.world import key_of

_AGENTS: Final = 10  # more than an account may have
_RIGHTS: Final[tuple[tuple[RightName, ...], ...]] = (("trade",), ("pay",), ("trade", "pay", "withdraw"))


class Keyring:
    """Who may own the account, and its agents, each with the same rights whenever it is appointed.

    Args:
        account: the key of its address.

    Attributes:
        agents: keys and their rights.
        errors: what must not be.
    """

    def __init__(self, account: KeyPair) -> None:
        self.account = account
        self.agents = [(key_of(f"{account.address} agent {n}"), _RIGHTS[n % len(_RIGHTS)]) for n in range(_AGENTS)]
        self.errors: list[str] = []
        self._owners = [account]
        self._current = account
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
        return self.account if self._current is not self.account else None

    def make_owner(self) -> KeyPair:
        """A new key, noted before anybody is asked to make it the owner's."""
        self._made += 1
        return self.expect(key_of(f"{self.account.address} owner {self._made}"))

    def expect(self, key: KeyPair) -> KeyPair:
        """The key may become the owner's."""
        self._made = max(self._made, 1)
        self._owners.append(key)
        return key

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
            self._owners = self._owners[place:]
            self._is_final = True

    def _rotations(self, event: Event) -> Iterator[int]:
        for effect in event.effects:
            if isinstance(effect, KeyRotated):
                known = [place for place, key in enumerate(self._owners) if key.address == effect.new_key]
                yield from known[:1]
