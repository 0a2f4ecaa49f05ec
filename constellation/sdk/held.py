"""Holds and agents as :class:`constellation.sdk.Exchange` returns them: typed, exact, and as plain structures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from constellation.protocol.messages import HoldOutcome
from constellation.sdk.ccxt_form import Form, Number, figure, moment
from constellation.sdk.effects import AgentAppointed, HoldClosed, HoldOpened, LockChanged, PaymentReceived
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.history_queries import Moment, microseconds
from constellation.sdk.keys import AgentKey, Lock
from constellation.sdk.receipts import Receipt
from constellation.sdk.views import OpenHold

HoldStatus = Literal["open", "captured", "released", "lapsed"]

_OUTCOMES: Final[Mapping[HoldOutcome, HoldStatus]] = {
    HoldOutcome.HOLD_CAPTURED: "captured",
    HoldOutcome.HOLD_RELEASED: "released",
    HoldOutcome.HOLD_LAPSED: "lapsed",
}


@dataclass(slots=True, frozen=True)
class HoldState:
    """Money that one account has reserved for another, as far as it is known here.

    Attributes:
        id: the apex that opened it, as text.
        status: whether it can be taken, or how it ended.
        currency: the asset.
        amount: how much was reserved.
        captured: how much the beneficiary has taken.
        owner: whose money it is.
        beneficiary: who may take it.
        expires_at: when it lapses.
        timestamp: of the quantum that this is from.
        receipt: proves it.
    """

    id: str
    status: HoldStatus
    currency: str
    amount: Decimal | None = None
    captured: Decimal | None = None
    owner: str | None = None
    beneficiary: str | None = None
    expires_at: int | None = None
    timestamp: int | None = None
    receipt: Receipt | None = field(default=None, repr=False, compare=False)

    def to_ccxt(self, number: Number = str) -> Form:
        """In the manner of ccxt, which has no such structure."""
        return {
            "id": self.id,
            **moment(self.timestamp),
            "currency": self.currency,
            "amount": figure(number, self.amount),
            "captured": figure(number, self.captured),
            "fromAccount": self.owner,
            "toAccount": self.beneficiary,
            "status": self.status,
            "expires": moment(self.expires_at)["timestamp"],
            "info": {},
        }


@dataclass(slots=True, frozen=True)
class AgentState:
    """A key that may sign for the account.

    Attributes:
        address: ``G…``.
        rights: among ``trade``, ``pay`` and ``withdraw``.
        expires_at: the last microsecond since 1970 at which it may.
        receipt: of its appointment, by this client.
    """

    address: str
    rights: tuple[str, ...]
    expires_at: int
    receipt: Receipt | None = field(default=None, repr=False, compare=False)

    def to_ccxt(self) -> Form:
        """In the manner of ccxt, which has no such structure."""
        expires = moment(self.expires_at)["timestamp"]
        return {"address": self.address, "rights": list(self.rights), "expires": expires, "info": {}}


def open_hold(owner: str, hold: OpenHold) -> HoldState:
    """A hold that the account has opened."""
    return HoldState(
        str(hold.hold_id), "open", hold.asset, hold.amount, Decimal(0), owner, hold.beneficiary, hold.expires_at_us
    )


def opened_hold(receipt: Receipt) -> HoldState:
    """The hold that a receipt has opened."""
    (effect,) = [effect for effect in receipt.effects if isinstance(effect, HoldOpened)]
    return HoldState(
        str(effect.hold_id), "open", effect.asset, effect.amount, Decimal(0), effect.owner, effect.beneficiary,
        effect.expires_at_us, receipt.timestamp, receipt,
    )  # fmt: skip


def closed_hold(beneficiary: str, receipt: Receipt) -> HoldState:
    """The hold that a receipt has closed; whose it was is known where something was taken of it."""
    (effect,) = [effect for effect in receipt.effects if isinstance(effect, HoldClosed)]
    owner = next((effect.source for effect in receipt.effects if isinstance(effect, PaymentReceived)), None)
    return HoldState(
        str(effect.hold_id), _OUTCOMES[effect.outcome], effect.asset, None, effect.captured, owner, beneficiary,
        None, receipt.timestamp, receipt,
    )  # fmt: skip


def agent(key: AgentKey) -> AgentState:
    """An agent that the account has."""
    return AgentState(key.address, key.rights, key.expires_at)


def appointed_agent(receipt: Receipt) -> AgentState:
    """The agent that a receipt has appointed."""
    (effect,) = [effect for effect in receipt.effects if isinstance(effect, AgentAppointed)]
    return AgentState(effect.agent, effect.rights, effect.expires_at, receipt)


def changed_lock(receipt: Receipt) -> Lock | None:
    """The lock since a receipt; None where it has unlocked everything."""
    (effect,) = [effect for effect in receipt.effects if isinstance(effect, LockChanged)]
    return Lock(effect.locks, effect.until) if effect.locks else None


def expiry(expires_at: Moment) -> int:
    """When something expires, in microseconds since 1970.

    Raises:
        InvalidRequest: it is no time.
    """
    expiry_us = microseconds("expires_at", expires_at)
    if expiry_us is None:
        raise InvalidRequest("expires_at is a datetime, or microseconds since 1970, not None")
    return expiry_us
