"""What is read of accounts before money is sent to them."""

import pytest

from constellation.protocol.messages import CreditAsset
from constellation.stellarlink import LedgerAccount, LedgerBalance, NetworkUnavailable
from constellation.stellarlink.horizon_json import parse_account
from constellation.stellarlink.refund_claims import Claims
from constellation.stellarlink.refund_ledger import find_obstacles, obstacle_of
from constellation.stellarlink.refund_model import Claim, Obstacle
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.refund_world import USD, XLM, ignore
from tests.stellarlink.support import DOLLAR, ISSUER, TRADER


def account(*lines: LedgerBalance, address: str = TRADER.address) -> LedgerAccount:
    return LedgerAccount(address, 1, (LedgerBalance(None, 10, None, True), *lines), {}, (0, 0, 0), {})


@pytest.mark.parametrize(
    ("found", "obstacle"),
    [
        (None, Obstacle.NO_ACCOUNT),
        (account(), Obstacle.NO_TRUST_LINE),
        (account(LedgerBalance(CreditAsset("USD", TRADER.public), 0, 100, True)), Obstacle.NO_TRUST_LINE),
        (account(LedgerBalance(DOLLAR, 0, 100, False)), Obstacle.NOT_AUTHORIZED),
        (account(LedgerBalance(DOLLAR, 90, 100, True)), None),
        (account(LedgerBalance(DOLLAR, 91, 100, True)), Obstacle.LINE_FULL),
        (account(LedgerBalance(DOLLAR, 80, 100, True, 10)), None),
        (account(LedgerBalance(DOLLAR, 80, 100, True, 11)), Obstacle.LINE_FULL),
    ],
)
def test_ten_stroops_of_an_issued_asset(found, obstacle):
    assert obstacle_of(found, TRADER.address, USD, 10) is obstacle


def test_lumens_need_an_account_alone_and_issuers_no_trust_line():
    assert obstacle_of(account(), TRADER.address, XLM, 10) is None
    assert obstacle_of(None, TRADER.address, XLM, 10) is Obstacle.NO_ACCOUNT
    assert obstacle_of(account(address=ISSUER.address), ISSUER.address, USD, 10) is None
    assert obstacle_of(None, ISSUER.address, USD, 10) is Obstacle.NO_ACCOUNT


def test_reserves_and_offers_as_horizon_tells_them():
    line = {
        "asset_type": "credit_alphanum4", "asset_code": "USD", "asset_issuer": ISSUER.address, "balance": "1.0000000",
        "limit": "9.0000000", "buying_liabilities": "0.0000003", "is_authorized": True,
    }  # fmt: skip
    document = {
        "account_id": TRADER.address,
        "sequence": "7",
        "balances": [line],
        "signers": [],
        "thresholds": {"low_threshold": 0, "med_threshold": 0, "high_threshold": 0},
        "data": {},
        "flags": {"auth_required": False, "auth_revocable": False},
        "subentry_count": 4,
        "num_sponsoring": 3,
        "num_sponsored": 1,
    }
    found = parse_account(document)
    assert found.reserves == 2 + 4 + 3 - 1
    assert found.balances[0].buying == 3


class Shaky(FakeNetwork):
    """An account behind a server that answers every other time."""

    async def account(self, address):
        self._call("account")
        return account()


async def test_one_lost_answer_does_not_cost_the_others():
    network = Shaky()
    network.trouble.extend([NetworkUnavailable("busy"), None, NetworkUnavailable("busy"), NetworkUnavailable("busy")])
    owed = {(f"owner {number}", XLM): Claim({"balance": 1}) for number in range(20)}
    told: list[tuple[int, int]] = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    assert await find_obstacles(network, Claims(owed, 0), progress, pause_s=0) == {}
    assert told == [(8, 20), (16, 20), (20, 20)]
    network.trouble.extend([NetworkUnavailable("gone")] * 100)
    with pytest.raises(NetworkUnavailable, match="gone"):
        await find_obstacles(network, Claims(owed, 0), ignore, pause_s=0)
