"""The tables of a chronicle: what happened, in the form in which it is asked for.

Every row follows from certified batches alone, so that any two chronicles that have come equally far are equal, row for
row. Amounts are stroops, prices in units of their market's decimals, times microseconds since 1970. Accounts have short
numbers here, given in the order in which they first appear: their keys are long, and most rows name one.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
)

from constellation.chronicler.big_number import BigNumber
from constellation.protocol.messages import MAX_PAYMENT_MEMO

metadata = MetaData()
"""All tables; ``migrations/`` makes them, and a test compares both."""

VARIES = "varies"
"""Marks columns that may differ in chronicles of the same batches."""

about = Table(
    "about",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Whose chronicle it is and how far it is."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False, unique=True),
)

batches = Table(
    "batches",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("first_apex", BigInteger, nullable=False),
    Column("last_apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("certified_by", BigInteger, nullable=False, info={VARIES: True}),
    Column("record", LargeBinary, nullable=False, info={VARIES: True}),
    Index("batches_by_apex", "last_apex"),
)
"""``record`` is the whole ChronicleBatch, encoded: header, quanta, effects, certificate.

Which certificates there are may differ from node to node: the first one after a batch covers it.
"""

effects = Table(
    "effects",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("apex", BigInteger, nullable=False),
    Column("batch", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("asset", Integer),
    Column("market", Integer),
    Column("content", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index("effects_by_kind", effects.c.account, effects.c.kind, effects.c.number)
Index(
    "effects_by_asset",
    effects.c.account,
    effects.c.asset,
    effects.c.number,
    sqlite_where=effects.c.asset.is_not(None),
    postgresql_where=effects.c.asset.is_not(None),
)
Index(
    "effects_by_market",
    effects.c.account,
    effects.c.market,
    effects.c.number,
    sqlite_where=effects.c.market.is_not(None),
    postgresql_where=effects.c.market.is_not(None),
)

orders = Table(
    "orders",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("market", Integer, nullable=False),
    Column("side", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("time_in_force", SmallInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("budget", BigInteger, nullable=False),
    Column("trigger_kind", SmallInteger),
    Column("trigger_price", BigInteger),
    Column("armed", SmallInteger, nullable=False),
    Column("filled", BigInteger, nullable=False),
    Column("filled_quote", BigInteger, nullable=False),
    Column("reduced", BigInteger, nullable=False),
    Column("fee", BigInteger, nullable=False),
    Column("client_order_id", String(36), nullable=False),
    Column("close_reason", SmallInteger),
    Column("placed_at", BigInteger, nullable=False),
    Column("updated_apex", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
"""An order is open while it has no ``close_reason``, and off the book while it is ``armed``."""
Index("orders_by_account", orders.c.account, orders.c.id)
Index(
    "orders_open_by_account",
    orders.c.account,
    orders.c.id,
    sqlite_where=orders.c.close_reason.is_(None),
    postgresql_where=orders.c.close_reason.is_(None),
)
Index(
    "orders_open",
    orders.c.market,
    orders.c.id,
    sqlite_where=orders.c.close_reason.is_(None),
    postgresql_where=orders.c.close_reason.is_(None),
)

trades = Table(
    "trades",
    metadata,
    Column("apex", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("market", Integer, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("side", SmallInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("quote_amount", BigInteger, nullable=False),
    Column("taker_order", BigInteger, nullable=False),
    Column("maker_order", BigInteger, nullable=False),
    Column("taker", Integer, nullable=False),
    Column("maker", Integer, nullable=False),
    Column("taker_fee", BigInteger, nullable=False),
    Column("maker_fee", BigInteger, nullable=False),
    Index("trades_by_market", "market", "apex", "place"),
    sqlite_with_rowid=False,
)
"""``side`` is the taker's."""

candles = Table(
    "candles",
    metadata,
    Column("market", Integer, primary_key=True, autoincrement=False),
    Column("period", String(3), primary_key=True),
    Column("start_s", BigInteger, primary_key=True, autoincrement=False),
    Column("open", BigInteger, nullable=False),
    Column("high", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
    Column("close", BigInteger, nullable=False),
    Column("volume", BigNumber, nullable=False),
    Column("quote_volume", BigNumber, nullable=False),
    Column("buy_volume", BigNumber, nullable=False),
    Column("trades", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Only periods with trades; the open one is here, too."""

payments = Table(
    "payments",
    metadata,
    Column("apex", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Integer, nullable=False),
    Column("destination", Integer, nullable=False),
    Column("asset", Integer, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("memo", String(MAX_PAYMENT_MEMO), nullable=False),
)
"""By quantum and asset: merging a sub-account pays everything that it has, each asset once."""

deposits = Table(
    "deposits",
    metadata,
    Column("operation", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("asset", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("ledger_transaction", LargeBinary, nullable=False),
    Column("apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Index("deposits_by_account", "account", "operation"),
)
"""``operation`` is the ledger's (SEP-35)."""

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("asset", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("destination", LargeBinary, nullable=False),
    Column("ledger_transaction", LargeBinary),
    Column("outcome", SmallInteger),
    Column("accepted_at", BigInteger, nullable=False),
    Column("updated_apex", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("withdrawals_by_account", "account", "id"),
)

suspense = Table(
    "suspense",
    metadata,
    Column("operation", BigInteger, primary_key=True, autoincrement=False),
    Column("asset", String(80), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("ledger_transaction", LargeBinary, nullable=False),
    Column("reason", SmallInteger, nullable=False),
    Column("apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("refunded_by", LargeBinary),
    Column("updated_apex", BigInteger, nullable=False),
)
"""Deposits that could not be attributed; ``refunded_by`` is the ledger's transaction that sent one back."""

settings_changes = Table(
    "settings_changes",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("settings", LargeBinary, nullable=False),
)

modes = Table(
    "modes",
    metadata,
    Column("apex", BigInteger, primary_key=True, autoincrement=False),
    Column("mode", SmallInteger, nullable=False),
    Column("reason", String(160), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
)
"""Every change of the mode."""

suspensions = Table(
    "suspensions",
    metadata,
    Column("apex", BigInteger, primary_key=True, autoincrement=False),
    Column("asset", Integer, primary_key=True, autoincrement=False),
    Column("reason", SmallInteger),
    Column("timestamp", BigInteger, nullable=False),
)
"""Every suspension of an asset and, without a reason, every resumption."""
