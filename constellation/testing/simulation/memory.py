"""What a simulated trader remembers of everything that was told to it."""

import time
from dataclasses import dataclass, field

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code
from constellation.sdk.errors import OutcomeUnknown
from constellation.sdk.receipts import Event, Receipt


@dataclass
class Told:
    """Something that alpha has told an account, with a proof.

    Attributes:
        event: what.
        is_final: a quorum has signed it, too.
    """

    event: Event
    is_final: bool = False

    @property
    def request(self) -> Submission | None:
        """What the account had signed, where this is the answer to it."""
        return self.event.request if isinstance(self.event, Receipt) else None


@dataclass
class Memory:
    """What a trader knows, on paper: it survives the program.

    Attributes:
        start: number of the last effect before the first one that counts; None before the first connection.
        told: by the number of the first effect.
        void: what was told and then replaced.
        by_agents: what the account's agents were told, in connections of their own.
        unknown: signed requests whose outcome is not known.
        refused: how often, by code.
        errors: what must not be told.
    """

    start: int | None = None
    told: dict[int, Told] = field(default_factory=dict)
    void: list[Told] = field(default_factory=list)
    by_agents: list[Told] = field(default_factory=list)
    unknown: list[Submission] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def tell(self, event: Event) -> Told:
        """Something was told; the same thing may be told again, and another one where it was not final."""
        known = self.told.get(event.first_number)
        if known is not None and known.event.verified.digest == event.verified.digest:
            return known
        if known is not None and not known.is_final:
            self.replace_after(event.first_number - 1)
        elif known is not None:
            self.errors.append(f"effect {event.first_number} was told of apex {known.event.apex} and {event.apex}")
        told = self.told[event.first_number] = Told(event)
        return told

    @property
    def last(self) -> int | None:
        """Number of the last effect before which none is missing."""
        number = self.start
        while number is not None and (told := self.told.get(number + 1)) is not None:
            number = told.event.last_number
        return number

    @property
    def certain(self) -> int | None:
        """Number of the last effect before which all are final: where another program must begin to miss nothing."""
        number = self.start
        while number is not None and (told := self.told.get(number + 1)) is not None and told.is_final:
            number = told.event.last_number
        return number

    def replace_after(self, number: int) -> None:
        """What was told after effect ``number`` did not take place."""
        for first in [first for first in self.told if first > number]:
            self.void.append(self.told.pop(first))

    def refuse(self, code: Code | None) -> None:
        """Something was refused, or a connection, for a reason that was given or not."""
        if code is not None:
            self.refused[code.name] = self.refused.get(code.name, 0) + 1

    def doubt(self, error: OutcomeUnknown) -> None:
        """Whether something was done is not known: it is asked again, as long as alpha remembers the answer."""
        if error.request.request.valid_until > time.time_ns() // 1000:
            self.unknown.append(error.request)

    def holds(self, told: Told) -> bool:
        """Whether something must have taken place although it may not be final."""
        return self.told.get(told.event.first_number) is told

    @property
    def everything(self) -> list[Told]:
        """All that was told to anybody."""
        return [*self.told.values(), *self.void, *self.by_agents]

    def replace_unfinal(self) -> None:
        """Alpha does not know as many effects as were told: only what is final is certain."""
        final = [told.event.last_number for told in self.told.values() if told.is_final]
        self.replace_after(max(final, default=self.start or 0))
