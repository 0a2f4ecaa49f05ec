"""Every table of a chronicle, computed from a chain of batches by plain loops, one quantum after the other.

Nothing of the chronicler is used but the names of its columns.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from constellation.chronicler import tables
from constellation.protocol.messages import (
    AssetResumed,
    AssetSuspended,
    BalanceChanged,
    DepositCredited,
    Effect,
    FeeCollected,
    HoldClosed,
    HoldOpened,
    ModeChanged,
    OrderArmed,
    OrderClosed,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
    PaymentReceived,
    PaymentSent,
    SettingsChanged,
    Side,
    SuspenseAdded,
    SuspenseRefunded,
    Trade,
    WithdrawalAccepted,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalPrepared,
    WithdrawalWithheld,
    encode_effect,
)
from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import settings_hash
from constellation.quanta import Executed, SealedBatch
from tests.chronicler.naive_orders import placed_by

Row = dict[str, Any]

_LENGTHS = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}


class NaiveTables:
    """The tables, each a list of rows.

    Args:
        batches: all, from the first one on.
    """

    def __init__(self, batches: Iterable[SealedBatch]) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in tables.metadata.tables if name != "about"}
        self._numbers: dict[bytes, int] = {}
        for sealed in batches:
            header = sealed.header
            self._put(
                "batches",
                number=header.number,
                epoch=header.epoch,
                first_apex=header.first_apex,
                last_apex=header.last_apex,
                timestamp=header.timestamp,
                digest=sealed.digest,
            )
            for executed in sealed.executed:
                self._quantum(executed, header.number)
        self._candles()

    def _put(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)

    def _find(self, table: str, column: str, value: object) -> Row:
        (found,) = [row for row in self.rows[table] if row[column] == value]
        return found

    def _account(self, key: bytes) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._put("accounts", id=self._numbers[key], key=key)
        return self._numbers[key]

    def _quantum(self, executed: Executed, batch: int) -> None:
        apex, timestamp, body = executed.leaf.apex, executed.leaf.timestamp, executed.quantum.body
        self._order(executed)
        fills: list[tuple[int, Trade]] = []
        for group in executed.groups:
            account = self._account(group.account)
            for place, effect in enumerate(group.effects):
                if isinstance(effect, Trade):
                    fills.append((account, effect))
                self._effect_beside(account, apex, timestamp, effect, body)
                self._put(
                    "effects",
                    account=account,
                    number=group.first_number + place,
                    apex=apex,
                    batch=batch,
                    timestamp=timestamp,
                    kind=int.from_bytes(encode_effect(effect)[:4], "big"),
                    asset=self._asset_of(effect),
                    market=self._market_of(effect),
                    content=encode_effect(effect),
                )
        self._trades(apex, timestamp, fills)

    def _order(self, executed: Executed) -> None:
        apex, timestamp, placed = executed.leaf.apex, executed.leaf.timestamp, placed_by(executed)
        if placed is None:
            return
        for group in executed.groups:  # in their order, for the numbers of accounts
            self._account(group.account)
        self._put(
            "orders",
            id=apex,
            account=self._account(placed.author),
            market=placed.market,
            side=int(placed.side),
            kind=int(placed.kind),
            time_in_force=int(placed.time_in_force),
            price=placed.price,
            amount=placed.amount,
            budget=placed.budget,
            trigger_kind=None if placed.trigger is None else int(placed.trigger.kind),
            trigger_price=None if placed.trigger is None else placed.trigger.price,
            armed=int(placed.trigger is not None),
            filled=0,
            filled_quote=0,
            reduced=0,
            fee=0,
            client_order_id=placed.name,
            close_reason=None,
            placed_at=timestamp,
            updated_apex=apex,
            updated_at=timestamp,
        )

    def _asset_of(self, effect: Effect) -> int | None:
        match effect:
            case BalanceChanged() | PaymentSent() | PaymentReceived() | DepositCredited() | FeeCollected():
                return effect.asset
            case WithdrawalAccepted() | AssetSuspended() | AssetResumed() | HoldOpened() | HoldClosed():
                return effect.asset
            case WithdrawalWithheld() | WithdrawalApproved() | WithdrawalPrepared() | WithdrawalClosed():
                asset: int = self._find("withdrawals", "id", effect.withdrawal)["asset"]
                return asset
        return None

    def _market_of(self, effect: Effect) -> int | None:
        match effect:
            case OrderArmed() | OrderPlaced() | OrderReplaced() | OrderTriggered() | Trade():
                return effect.market
            case OrderClosed() | OrderReduced():
                market: int = self._find("orders", "id", effect.order)["market"]
                return market
        return None

    def _effect_beside(self, account: int, apex: int, timestamp: int, effect: Effect, body: Any) -> None:
        now = {"updated_apex": apex, "updated_at": timestamp}
        if isinstance(effect, Trade):
            if effect.order == apex and not any(row["id"] == apex for row in self.rows["orders"]):
                return  # a payment on a path is no order
            order = self._find("orders", "id", effect.order)
            order.update(now)
            order["filled"] += effect.amount
            order["filled_quote"] += effect.quote_amount
            order["fee"] += effect.fee
        elif isinstance(effect, OrderReduced):
            order = self._find("orders", "id", effect.order)
            order.update(now)
            order["reduced"] += effect.amount
        elif isinstance(effect, OrderTriggered):
            self._find("orders", "id", effect.order).update(now, armed=0)
        elif isinstance(effect, OrderClosed):
            self._find("orders", "id", effect.order).update(now, close_reason=int(effect.reason))
        elif isinstance(effect, WithdrawalPrepared):
            self._find("withdrawals", "id", effect.withdrawal).update(now, ledger_transaction=effect.transaction)
        elif isinstance(effect, WithdrawalClosed):
            self._find("withdrawals", "id", effect.withdrawal).update(
                now,
                ledger_transaction=None if effect.transaction == bytes(32) else effect.transaction,
                outcome=int(effect.outcome),
            )
        elif isinstance(effect, SuspenseRefunded):
            entry = self._find("suspense", "operation", effect.operation)
            entry.update(refunded_by=effect.transaction, updated_apex=apex)
        elif isinstance(effect, AssetSuspended | AssetResumed):
            self._suspension(apex, timestamp, effect)
        else:
            self._new(account, apex, timestamp, effect, body)

    def _new(self, account: int, apex: int, timestamp: int, effect: Effect, body: Any) -> None:
        if isinstance(effect, PaymentReceived):
            self._put(
                "payments",
                apex=apex,
                source=self._numbers[effect.source],
                destination=account,
                asset=effect.asset,
                amount=effect.amount,
                timestamp=timestamp,
                memo=effect.memo,
            )
        elif isinstance(effect, DepositCredited):
            self._put(
                "deposits",
                operation=effect.operation,
                account=account,
                asset=effect.asset,
                amount=effect.amount,
                source=effect.source,
                ledger_transaction=effect.transaction,
                apex=apex,
                timestamp=timestamp,
            )
        elif isinstance(effect, WithdrawalAccepted):
            self._put(
                "withdrawals",
                id=effect.withdrawal,
                account=account,
                asset=effect.asset,
                amount=effect.amount,
                destination=effect.destination,
                ledger_transaction=None,
                outcome=None,
                accepted_at=timestamp,
                updated_apex=apex,
                updated_at=timestamp,
            )
        elif isinstance(effect, SuspenseAdded):
            self._put(
                "suspense",
                operation=effect.operation,
                asset=format_asset(effect.asset),
                amount=effect.amount,
                source=effect.source,
                ledger_transaction=effect.transaction,
                reason=int(effect.reason),
                apex=apex,
                timestamp=timestamp,
                refunded_by=None,
                updated_apex=apex,
            )
        elif isinstance(effect, ModeChanged):
            self._put("modes", apex=apex, mode=int(effect.mode), reason=effect.reason, timestamp=timestamp)
        elif isinstance(effect, SettingsChanged):
            new = body.proposal.decision.settings
            assert settings_hash(new) == effect.settings
            self._put(
                "settings_changes",
                version=effect.version,
                apex=apex,
                timestamp=timestamp,
                digest=effect.settings,
                settings=new.to_xdr(),
            )

    def _suspension(self, apex: int, timestamp: int, effect: AssetSuspended | AssetResumed) -> None:
        """The last word of a quantum on an asset is what it leaves."""
        reason = int(effect.reason) if isinstance(effect, AssetSuspended) else None
        said = self.rows["suspensions"]
        said[:] = [row for row in said if (row["apex"], row["asset"]) != (apex, effect.asset)]
        self._put("suspensions", apex=apex, asset=effect.asset, reason=reason, timestamp=timestamp)

    def _trades(self, apex: int, timestamp: int, fills: list[tuple[int, Trade]]) -> None:
        for place, (taker, took) in enumerate([fill for fill in fills if not fill[1].maker]):
            ((maker, made),) = [
                fill for fill in fills if (fill[1].order, fill[1].counter_order) == (took.counter_order, took.order)
            ]
            assert (made.price, made.amount, made.quote_amount) == (took.price, took.amount, took.quote_amount)
            self._put(
                "trades",
                apex=apex,
                place=place,
                market=took.market,
                timestamp=timestamp,
                side=int(took.side),
                price=took.price,
                amount=took.amount,
                quote_amount=took.quote_amount,
                taker_order=took.order,
                maker_order=took.counter_order,
                taker=taker,
                maker=maker,
                taker_fee=took.fee,
                maker_fee=made.fee,
            )

    def _candles(self) -> None:
        """From the trades: all that fall into a period, of each market."""
        inside: dict[tuple[int, str, int], list[Row]] = {}
        for trade in self.rows["trades"]:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=trade["timestamp"])
            for period, start in _starts(moment).items():
                inside.setdefault((trade["market"], period, int(start.timestamp())), []).append(trade)
        for (market, period, start_s), trades in inside.items():
            prices = [trade["price"] for trade in trades]
            self._put(
                "candles",
                market=market,
                period=period,
                start_s=start_s,
                open=prices[0],
                high=max(prices),
                low=min(prices),
                close=prices[-1],
                volume=sum(trade["amount"] for trade in trades),
                quote_volume=sum(trade["quote_amount"] for trade in trades),
                buy_volume=sum(trade["amount"] for trade in trades if trade["side"] == Side.BUY),
                trades=len(trades),
            )


def _starts(moment: datetime) -> dict[str, datetime]:
    """When the periods with a moment began, by the calendar."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {"1w": midnight - timedelta(days=midnight.weekday()), "1M": midnight.replace(day=1)}
    for period, length in _LENGTHS.items():
        starts[period] = midnight + (moment - midnight) // length * length
    return starts


def differences(connection: Connection, expected: NaiveTables) -> list[str]:
    """What the database has otherwise, row by row; a few of each table."""
    found = []
    for name, wanted in expected.rows.items():
        table = tables.metadata.tables[name]
        columns = [column for column in table.columns if not column.info.get(tables.VARIES)]
        keys = [column.name for column in table.primary_key.columns]
        rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
        have, want = ({tuple(row[key] for key in keys): row for row in some} for some in (rows, wanted))
        assert len(want) == len(wanted), f"two rows of {name} with one key"
        if have != want:
            different = [key for key in have.keys() | want.keys() if have.get(key) != want.get(key)]
            found += [f"{name} {key}: {have.get(key)} instead of {want.get(key)}" for key in sorted(different)[:3]]
    return found
