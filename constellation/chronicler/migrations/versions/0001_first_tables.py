"""The first tables."""

import sqlalchemy as sa
from alembic import op

from constellation.chronicler.big_number import BigNumber

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "about",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "batches",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("first_apex", sa.BigInteger(), nullable=False),
        sa.Column("last_apex", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("certified_by", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("batches_by_apex", "batches", ["last_apex"], unique=False)
    op.create_table(
        "candles",
        sa.Column("market", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=3), nullable=False),
        sa.Column("start_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("close", sa.BigInteger(), nullable=False),
        sa.Column("volume", BigNumber(), nullable=False),
        sa.Column("quote_volume", BigNumber(), nullable=False),
        sa.Column("buy_volume", BigNumber(), nullable=False),
        sa.Column("trades", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("market", "period", "start_s"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deposits",
        sa.Column("operation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_transaction", sa.LargeBinary(), nullable=False),
        sa.Column("apex", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operation"),
    )
    op.create_index("deposits_by_account", "deposits", ["account", "operation"], unique=False)
    op.create_table(
        "effects",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("apex", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("asset", sa.Integer(), nullable=True),
        sa.Column("market", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "effects_by_asset",
        "effects",
        ["account", "asset", "number"],
        unique=False,
        sqlite_where=sa.text("asset IS NOT NULL"),
        postgresql_where=sa.text("asset IS NOT NULL"),
    )
    op.create_index("effects_by_kind", "effects", ["account", "kind", "number"], unique=False)
    op.create_index(
        "effects_by_market",
        "effects",
        ["account", "market", "number"],
        unique=False,
        sqlite_where=sa.text("market IS NOT NULL"),
        postgresql_where=sa.text("market IS NOT NULL"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("market", sa.Integer(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("time_in_force", sa.SmallInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("trigger_kind", sa.SmallInteger(), nullable=True),
        sa.Column("trigger_price", sa.BigInteger(), nullable=True),
        sa.Column("armed", sa.SmallInteger(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("filled_quote", sa.BigInteger(), nullable=False),
        sa.Column("reduced", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("client_order_id", sa.String(length=36), nullable=False),
        sa.Column("close_reason", sa.SmallInteger(), nullable=True),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_apex", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("orders_by_account", "orders", ["account", "id"], unique=False)
    op.create_index(
        "orders_open",
        "orders",
        ["market", "id"],
        unique=False,
        sqlite_where=sa.text("close_reason IS NULL"),
        postgresql_where=sa.text("close_reason IS NULL"),
    )
    op.create_index(
        "orders_open_by_account",
        "orders",
        ["account", "id"],
        unique=False,
        sqlite_where=sa.text("close_reason IS NULL"),
        postgresql_where=sa.text("close_reason IS NULL"),
    )
    op.create_table(
        "payments",
        sa.Column("apex", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("destination", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("apex", "asset"),
    )
    op.create_table(
        "settings_changes",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("apex", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("settings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "suspense",
        sa.Column("operation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_transaction", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("apex", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("refunded_by", sa.LargeBinary(), nullable=True),
        sa.Column("updated_apex", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operation"),
    )
    op.create_table(
        "modes",
        sa.Column("apex", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("apex"),
    )
    op.create_table(
        "suspensions",
        sa.Column("apex", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=True),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("apex", "asset"),
    )
    op.create_table(
        "trades",
        sa.Column("apex", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("market", sa.Integer(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("quote_amount", sa.BigInteger(), nullable=False),
        sa.Column("taker_order", sa.BigInteger(), nullable=False),
        sa.Column("maker_order", sa.BigInteger(), nullable=False),
        sa.Column("taker", sa.Integer(), nullable=False),
        sa.Column("maker", sa.Integer(), nullable=False),
        sa.Column("taker_fee", sa.BigInteger(), nullable=False),
        sa.Column("maker_fee", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("apex", "place"),
        sqlite_with_rowid=False,
    )
    op.create_index("trades_by_market", "trades", ["market", "apex", "place"], unique=False)
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("destination", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_transaction", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.SmallInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_apex", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("withdrawals_by_account", "withdrawals", ["account", "id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("withdrawals")
    op.drop_table("trades")
    op.drop_table("suspensions")
    op.drop_table("modes")
    op.drop_table("suspense")
    op.drop_table("settings_changes")
    op.drop_table("payments")
    op.drop_table("orders")
    op.drop_table("effects")
    op.drop_table("deposits")
    op.drop_table("candles")
    op.drop_table("batches")
    op.drop_table("accounts")
    op.drop_table("about")
