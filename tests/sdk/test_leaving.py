"""Taking everything out of an account, and what may stand in the way."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from constellation.protocol.messages import Code
from constellation.sdk import ExchangeError, InvalidRequest, NotClosed
from constellation.sdk.leaving import withdraw_all
from constellation.sdk.views import Account, Balance, OpenOrder, OpenWithdrawal


@dataclass
class FakeClient:
    """An account whose withdrawals the ledger settles when time passes."""

    balances: dict[str, Decimal]
    orders: int = 0
    refused: dict[str, Code] = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    ledgers: int = 0
    stuck: bool = False
    pending: list[tuple[str, Decimal]] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    most: int = 0

    async def account(self) -> Account:
        balances = {name: Balance(name, total, Decimal(0), total) for name, total in self.balances.items()}
        orders = tuple(OpenOrder(1, "XLM/USD", "buy", Decimal(1), Decimal(1)) for _ in range(self.orders))
        withdrawals = tuple(OpenWithdrawal(1, asset, amount, "G", None) for asset, amount in self.pending)
        return Account("G", True, 1, 1, 1, None, balances, orders, (), withdrawals, (), "G", (), None, {}, None)

    async def withdraw(
        self, asset: str, amount: Any, destination: Any, memo: Any = None, *, create: bool = False
    ) -> Any:
        assert not create
        if asset in self.refused:
            raise ExchangeError(self.refused[asset], "no")
        self.calls.append(("withdraw", asset, amount, destination, memo))
        self.pending.append((asset, amount))
        self.most = max(self.most, len(self.pending))
        return ("receipt", asset)

    async def close_account(self, destination: Any, memo: Any = None, *, create: bool = False) -> Any:
        if "XLM" in self.refused:
            raise ExchangeError(self.refused["XLM"], "no")
        assert not self.pending
        assert not any(total for name, total in self.balances.items() if name != "XLM")
        self.calls.append(("close", destination, memo, create))
        return ("receipt", "closing")

    async def sleep(self, _seconds: float) -> None:
        self.ledgers += 1
        if self.stuck or self.ledgers % 2:
            return
        for asset, amount in self.pending:
            if asset not in self.returned:
                self.balances[asset] -= amount
        self.pending = []


def run(client: FakeClient, **changes: Any) -> Any:
    options = {"create": False, "together": 2, "timeout_s": 20.0} | changes
    return withdraw_all(client, "GDEST", 5, sleep=client.sleep, **options)


def client(**changes: Any) -> FakeClient:
    balances = {
        "XLM": Decimal(10),
        "USD": Decimal("0.0000001"),
        "EUR": Decimal(3),
        "GBP": Decimal(1),
        "CHF": Decimal(0),
    }
    return FakeClient(**({"balances": balances} | changes))


async def test_everything_is_withdrawn_a_few_at_a_time_and_the_account_closed() -> None:
    leaving = client()
    receipts = await run(leaving)
    assert leaving.calls == [
        ("withdraw", "USD", Decimal("0.0000001"), "GDEST", 5),
        ("withdraw", "EUR", Decimal(3), "GDEST", 5),
        ("withdraw", "GBP", Decimal(1), "GDEST", 5),
        ("close", "GDEST", 5, False),
    ]
    assert [receipt[1] for receipt in receipts] == ["USD", "EUR", "GBP", "closing"]
    assert leaving.most == 2


async def test_an_account_with_lumens_alone_is_closed_at_once_and_may_create_its_destination() -> None:
    leaving = client(balances={"XLM": Decimal(10)})
    await run(leaving, create=True)
    assert leaving.calls == [("close", "GDEST", 5, True)]
    assert leaving.ledgers == 0


async def test_what_is_on_its_way_already_is_waited_for() -> None:
    leaving = client(balances={"XLM": Decimal(10), "EUR": Decimal(3)}, pending=[("EUR", Decimal(3))])
    await run(leaving)
    assert leaving.calls == [("close", "GDEST", 5, False)]


@pytest.mark.parametrize(
    ("changes", "options", "error", "words", "accepted"),
    [
        ({"orders": 2}, {}, InvalidRequest, "2 orders are open", 0),
        ({}, {"create": True}, InvalidRequest, "cannot receive USD", 0),
        ({"refused": {"USD": Code.DESTINATION_NO_TRUST}}, {}, NotClosed, "USD cannot be withdrawn: DESTINATION_NO", 0),
        ({"refused": {"EUR": Code.LEDGER_UNAVAILABLE}}, {}, NotClosed, "EUR cannot be withdrawn: LEDGER_UNAV", 1),
        ({"refused": {"XLM": Code.MEMO_REQUIRED}}, {}, NotClosed, "XLM cannot be withdrawn: MEMO_REQUIRED", 3),
        ({"returned": ("EUR",)}, {}, NotClosed, "the ledger did not take EUR", 2),
        ({"stuck": True}, {}, NotClosed, "still on their way", 2),
    ],
)
async def test_what_stands_in_the_way(
    changes: dict[str, Any], options: dict[str, Any], error: type[Exception], words: str, accepted: int
) -> None:
    leaving = client(**changes)
    with pytest.raises(error, match=words) as raised:
        await run(leaving, **options)
    assert not any(call[0] == "close" for call in leaving.calls)
    if isinstance(raised.value, NotClosed):
        assert len(raised.value.receipts) == accepted


async def test_the_wait_is_bounded() -> None:
    leaving = client(stuck=True)
    with pytest.raises(NotClosed):
        await run(leaving, timeout_s=7)
    assert leaving.ledgers == 7


async def test_it_can_be_called_again() -> None:
    leaving = client(refused={"EUR": Code.LEDGER_UNAVAILABLE})
    with pytest.raises(NotClosed):
        await run(leaving)
    leaving.refused = {}
    await run(leaving)
    assert leaving.calls[-1][0] == "close"
