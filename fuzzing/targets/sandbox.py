"""The sandbox ledger's HTTP server: Horizon's requests, and the commands in JSON that control it."""

from functools import cache

from aiohttp import web
from stellar_sdk import Keypair

from constellation.sandbox import Ledger, LedgerServer
from constellation.sandbox.conversions import Conversions
from constellation.sandbox.settings import LedgerSettings
from fuzzing.choices import Choices
from fuzzing.http import cut, exchange, request
from fuzzing.loop import run

_NAME = Keypair.from_raw_ed25519_seed(bytes(32)).public_key
_PATHS = (
    "/", "/health", "/fee_stats", "/accounts", "/assets", "/claimable_balances", "/ledgers", "/offers", "/trades",
    "/liquidity_pools", "/transactions", "/operations", "/payments", "/effects", f"/accounts/{_NAME}",
    f"/accounts/{_NAME}/transactions", f"/accounts/{_NAME}/data/x", "/ledgers/1", "/ledgers/2/effects",
    "/transactions/" + "ab" * 32, "/operations/8589938689", "/claimable_balances/" + "00" * 36,
    "/friendbot?addr=" + _NAME, "/transactions_async", "/_sandbox", "/_sandbox/faults", "/_sandbox/faults/1",
    "/_sandbox/close", "/accounts?signer=x", "/accounts?asset=XLM:native", "/assets?asset_code=USD",
    "/effects?cursor=1-1", "/ledgers?order=x",
)  # fmt: skip
_COMMANDS: tuple[tuple[str, str, object], ...] = (
    ("POST", "/_sandbox/faults", {"fault": "drop", "path": "/x", "method": "GET", "times": 2, "moment": "after"}),
    ("POST", "/_sandbox/faults", {"fault": "status", "status": 500, "body": "html", "retry_after_s": 5, "times": None}),
    ("POST", "/_sandbox/faults", {"fault": "freeze", "ledger": 1, "probability": 0.5, "seed": 7, "skip": 1}),
    ("POST", "/_sandbox/faults", {"fault": "lag", "ledgers": 2}),
    ("POST", "/_sandbox/faults", {"fault": "prune", "ledgers": 1}),
    ("POST", "/_sandbox/faults", {"fault": "gap", "times": 3, "path": "/ledgers*"}),
    ("POST", "/_sandbox/faults", {"fault": "duplicate"}),
    ("POST", "/_sandbox/faults", {"fault": "cut", "records": 1}),
    ("POST", "/_sandbox/settings", {"base_fee_stroops": 200, "capacity_operations": 3}),
    (
        "PUT",
        "/_sandbox/conversions",
        {"conversions": [{"from": "native", "to": f"USD:{_NAME}", "rate": "2", "source": "native"}]},
    ),
)


@cache
def _server() -> LedgerServer:
    server = LedgerServer(
        Ledger(), close_interval_s=None, clock=lambda: 7.0, stream_seconds_max=0.01, submission_seconds_max=0.01
    )
    run(server.start())
    server.ledger.friendbot.request(_NAME)
    run(server.close_ledger())
    return server


def _listener() -> web.Server:
    runner = _server()._runner
    assert runner is not None
    assert runner.server is not None
    return runner.server


def fuzz(data: bytes) -> None:
    """Raises when a request is answered with 500, or with another status when it comes in pieces."""
    choices, server = Choices(data), _server()
    server.faults.clear()
    server.ledger.conversions = Conversions(())
    server.ledger.upgrade(base_fee_stroops=LedgerSettings().base_fee_stroops, capacity_operations=1000)
    for _ in range(1 + choices.below(3)):
        said = request(choices, _PATHS, _COMMANDS)
        run(exchange(_listener(), cut(choices, said)))
    assert len(server.faults.list()) <= 3
