"""Transcripts of an exchange, as docs/reference/ shows them: each line is executed, and says what came of it.

A line names who asks for what; ``->`` and what the account is told follow, or the code of a refusal. What other
accounts are told in the same quantum follows in lines of their own. The market is XLM/USD with four decimals, unless an
order says ``on EUR/USD``; every account has 1,000 of XLM, USD and EUR.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from constellation.protocol.amounts import from_units
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllOrders,
    CancelAllScheduled,
    CancelOrder,
    Effect,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    Operation,
    OrderArmed,
    OrderClosed,
    OrderInstructions,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
    PathAmountUnit,
    PathPayment,
    Payment,
    PaymentReceived,
    PaymentSent,
    QuantumBody,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeCommit,
    TimeInForce,
    Trade,
    Trigger,
    TriggerKind,
)
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import Stage

NAMES = ("alice", "bob", "carol")
_SECOND = 1_000_000
_DECIMALS = (4, 3)
_ASSETS = ("XLM", "USD", "EUR")
_PATHS = {"XLM USD": [0], "EUR USD": [1], "XLM EUR": [0, 1], "EUR XLM": [1, 0], "USD XLM": [0], "USD EUR": [1]}
_SETTINGS = {"maker-fee": "maker_fee_ppm", "taker-fee": "taker_fee_ppm", "band": "price_band_ppm", "fills": "fills"}
_TIMES = {"ioc": TimeInForce.IMMEDIATE_OR_CANCEL, "fok": TimeInForce.FILL_OR_KILL}
_TRIGGERS = {"stop": TriggerKind.STOP, "take-profit": TriggerKind.TAKE_PROFIT}


@dataclass
class Transcript:
    """Executes the lines of a block."""

    stage: Stage = field(default_factory=Stage)
    orders: dict[int, str] = field(default_factory=dict)
    name: str = ""

    def run(self, block: str) -> str:
        """The block as it must be: its commands with what comes of them."""
        lines: list[str] = []
        for line in block.splitlines():
            command = line.partition("->")[0].strip()
            if line.startswith("  ") or not command:
                continue
            if command.startswith("with "):
                self.stage = Stage(**{_SETTINGS[name]: int(value) for name, _, value in _pairs(command[5:])})
                lines.append(command)
                continue
            if not self.stage.machine.state.vault.accounts.get(key_of("alice").public):
                self.stage.funded(*NAMES, amount=1_000 * ONE)
            lines += self._line(command)
        return "\n".join(lines) + "\n"

    def _line(self, command: str) -> list[str]:
        who, _, wish = command.partition(": ")
        if command.startswith("time "):
            self.stage.now += int(command.removeprefix("time +").removesuffix("s")) * _SECOND
            due = self.stage.machine.due_at(self.stage.now)
            told = {} if due is None else self._told(TimeCommit(due))
            return [command, *(f"  {name}: {text}" for name, text in told.items())]
        try:
            told = self._told(self.stage.request(key_of(who), self._operation(wish)))
        except Rejection as error:
            return [f"{command} -> {error.code.name}"]
        own = told.pop(who)
        return [f"{command} -> {own}", *(f"  {name}: {text}" for name, text in told.items())]

    def _told(self, body: QuantumBody) -> dict[str, str]:
        [executed] = self.stage.machine.execute_all(self.stage.now, body)
        apex, effects = executed.leaf.apex, [effect for group in executed.groups for effect in group.effects]
        if self.name and any(getattr(effect, "order", 0) == apex for effect in effects):
            self.orders[apex] = self.name
        names = {key_of(name).public: name for name in NAMES} | {self.stage.world.fee_account.public: "fees"}
        texts = {
            names[group.account]: ", ".join(filter(None, map(self._text, group.effects))) for group in executed.groups
        }
        return {name: text for name, text in texts.items() if text}

    def _operation(self, wish: str) -> Operation:
        words = wish.split()
        self.name = words[words.index("as") + 1] if "as" in words else ""
        match words:
            case ["cancel", "all"]:
                return CancelAllOrders(None)
            case ["cancel", name]:
                return CancelOrder(self._number(name))
            case ["cancel-all-after", timeout]:
                return CancelAllAfter(int(timeout.removesuffix("s")))
            case ["replace", name, "with", amount, "at", price, *rest]:
                self.name = name
                said = self._said(rest)
                plain = said == OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)
                return ReplaceOrder(
                    self._number(name), None, _price(price, 0), _amount(amount), None if plain else said
                )
            case [("buy" | "sell") as side, "for", budget, *rest]:
                return MarketOrder(0, _side(side), MarketAmountUnit.QUOTE_BUDGET, _amount(budget), self._said(rest))
            case [("buy" | "sell") as side, amount, "at", "market", *rest]:
                return MarketOrder(0, _side(side), MarketAmountUnit.BASE_AMOUNT, _amount(amount), self._said(rest))
            case [("buy" | "sell") as side, amount, "at", price, *rest]:
                time = next((_TIMES[word] for word in rest if word in _TIMES), TimeInForce.GOOD_TILL_CANCELLED)
                market = int("EUR/USD" in rest)
                return LimitOrder(market, _side(side), _price(price, market), _amount(amount), time, self._said(rest))
            case ["pay", amount, asset, "to", who, *rest]:
                return Payment(key_of(who).public, _ASSETS.index(asset), _amount(amount), _memo(rest))
            case ["send", "at-most", limit, asset, "to", who, "for", amount, other, *rest]:
                return _path(PathAmountUnit.RECEIVE_AMOUNT, who, asset, other, amount, limit, rest)
            case ["send", amount, asset, "to", who, "for", "at-least", limit, other, *rest]:
                return _path(PathAmountUnit.SEND_AMOUNT, who, asset, other, amount, limit, rest)
        raise AssertionError(f"what is {wish!r}?")

    def _said(self, words: list[str]) -> OrderInstructions:
        said = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)
        for place, word in enumerate(words):
            if word == "post-only":
                said.post_only = True
            elif word == "until":
                said.expires_at = self.stage.now + int(words[place + 1].strip("+s")) * _SECOND
            elif word in _TRIGGERS:
                said.trigger = Trigger(_TRIGGERS[word], _price(words[place + 1], 0))
            elif word.replace("-", "_").upper() in SelfTradePrevention.__members__:
                said.self_trade_prevention = SelfTradePrevention[word.replace("-", "_").upper()]
        return said

    def _number(self, name: str) -> int:
        return max(number for number, known in self.orders.items() if known == name)

    def _who(self, key: bytes) -> str:
        return next(name for name in NAMES if key_of(name).public == key)

    def _text(self, effect: Effect) -> str:
        """What an account is told, in few words; balances are left out."""
        name = self.orders.get(getattr(effect, "order", 0), "")
        of = f"{name} " if name else ""
        match effect:
            case Trade():
                fee = f" (fee {_show(effect.fee)})" if effect.fee else ""
                verb, where = "bought" if effect.side is Side.BUY else "sold", " on EUR/USD" if effect.market else ""
                price = from_units(effect.price, _DECIMALS[effect.market])
                return f"{of}{verb} {_show(effect.amount)} at {price}{where}{fee}"
            case PaymentSent():
                who = self._who(effect.destination)
                return f"sent {_show(effect.amount)} {_ASSETS[effect.asset]} to {who}{_memo_text(effect.memo)}"
            case PaymentReceived():
                who = self._who(effect.source)
                return f"got {_show(effect.amount)} {_ASSETS[effect.asset]} from {who}{_memo_text(effect.memo)}"
            case OrderPlaced():
                return f"{of}rests {_show(effect.amount)}"
            case OrderClosed():
                left = f" with {_show(effect.remaining)} left" if effect.remaining else ""
                return f"{of}closed {effect.reason.name}{left}"
            case OrderReduced():
                return f"{of}reduced by {_show(effect.amount)} to {_show(effect.remaining)}"
            case OrderReplaced():
                return f"{of}replaced"
            case OrderArmed():
                return f"{of}armed"
            case OrderTriggered():
                return f"{of}triggered"
            case CancelAllScheduled():
                return "cancel-all set" if effect.due else "cancel-all unset"
            case _:
                return ""


def _pairs(text: str) -> list[tuple[str, str, str]]:
    return [item.partition(" ") for item in text.split(", ")]


def _side(word: str) -> Side:
    return Side[word.upper()]


def _price(text: str, market: int) -> int:
    return int(Decimal(text) * 10 ** _DECIMALS[market])


def _path(
    unit: PathAmountUnit, who: str, asset: str, other: str, amount: str, limit: str, rest: list[str]
) -> PathPayment:
    route, assets = _PATHS[f"{asset} {other}"], (_ASSETS.index(asset), _ASSETS.index(other))
    return PathPayment(key_of(who).public, *assets, route, unit, _amount(amount), _amount(limit), _memo(rest))


def _memo(words: list[str]) -> str:
    return " ".join(words[words.index("memo") + 1 :]) if "memo" in words else ""


def _memo_text(memo: str) -> str:
    return f" with {memo!r}" if memo else ""


def _amount(text: str) -> int:
    return int(Decimal(text) * ONE)


def _show(stroops: int) -> str:
    return f"{Decimal(stroops) / ONE:f}".rstrip("0").rstrip(".") if stroops % ONE else str(stroops // ONE)
