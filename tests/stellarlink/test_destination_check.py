"""Which accounts can receive what, as the ledger would judge it: each code, and the edge beside it."""

from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import Code, CreditAsset, LedgerDestination
from constellation.stellarlink import LedgerAccount, LedgerBalance
from constellation.stellarlink.destination_check import check_destination
from tests.stellarlink.support import DOLLAR, ISSUER, OTHER, TRADER

RESERVE = 5_000_000
TO = LedgerDestination(TRADER.public, None, None, False)
CREATE = replace(TO, creates=True)


def account(*balances, owner=TRADER, data=None):
    lumens = LedgerBalance(None, 100 * ONE, None, is_authorized=True)
    has_lumens = any(balance.asset is None for balance in balances)
    lines = balances if has_lumens else (*balances, lumens)
    return LedgerAccount(owner.address, 7, lines, {owner.address: 1}, (0, 0, 0), data or {})


def dollars(amount=0, limit=1000 * ONE, **changes):
    return LedgerBalance(DOLLAR, amount, limit, **({"is_authorized": True} | changes))


def check(found, destination=TO, asset=DOLLAR, amount=ONE, base_reserve=RESERVE):
    try:
        check_destination(found, destination, asset, amount, base_reserve)
    except Rejection as error:
        assert len(error.message.encode()) <= 256
        return error.code
    return None


LOOK_ALIKE = CreditAsset("USD", OTHER.public)
MEMO_REQUIRED = {"config.memo_required": b"1"}


@pytest.mark.parametrize(
    ("found", "changes", "code"),
    [
        (account(), {"asset": None}, None),
        (account(dollars()), {}, None),
        (None, {}, Code.DESTINATION_NOT_FOUND),
        (None, {"asset": None}, Code.DESTINATION_NOT_FOUND),
        (account(), {}, Code.DESTINATION_NO_TRUST),
        (account(dollars()), {"asset": LOOK_ALIKE}, Code.DESTINATION_NO_TRUST),
        (account(dollars(is_authorized=False)), {}, Code.DESTINATION_NOT_AUTHORIZED),
        (account(dollars(is_authorized=False, is_authorized_to_maintain=True)), {}, Code.DESTINATION_NOT_AUTHORIZED),
        (account(dollars(999 * ONE)), {}, None),
        (account(dollars(999 * ONE + 1)), {}, Code.DESTINATION_LINE_FULL),
        (account(dollars(900 * ONE, buying=99 * ONE)), {}, None),
        (account(dollars(900 * ONE, buying=99 * ONE + 1)), {}, Code.DESTINATION_LINE_FULL),
        (account(dollars(limit=INT64_MAX)), {"amount": INT64_MAX}, None),
        (account(dollars(1, limit=INT64_MAX)), {"amount": INT64_MAX}, Code.DESTINATION_LINE_FULL),
        (account(LedgerBalance(None, INT64_MAX - ONE, None, is_authorized=True)), {"asset": None}, None),
        (
            account(LedgerBalance(None, INT64_MAX - ONE, None, is_authorized=True, buying=1)),
            {"asset": None},
            Code.DESTINATION_LINE_FULL,
        ),
        (account(dollars(), data=MEMO_REQUIRED), {}, Code.MEMO_REQUIRED),
        (account(data=MEMO_REQUIRED), {"asset": None}, Code.MEMO_REQUIRED),
        (account(dollars(), data=MEMO_REQUIRED), {"destination": replace(TO, memo=5)}, None),
        (account(dollars(), data=MEMO_REQUIRED), {"destination": replace(TO, memo="five")}, None),
        (account(dollars(), data=MEMO_REQUIRED), {"destination": replace(TO, muxed_id=0)}, None),
        (account(dollars(), data={"config.memo_required": b"0"}), {}, None),
        (account(dollars(), data={"config.memo_required": b""}), {}, None),
    ],
)
def test_a_payment(found, changes, code):
    assert check(found, **changes) is code


def test_an_issuer_needs_no_trust_line_and_may_ask_for_a_memo():
    to_issuer = replace(TO, account=ISSUER.public)
    assert check(account(owner=ISSUER), to_issuer) is None
    assert check(account(owner=ISSUER, data=MEMO_REQUIRED), to_issuer) is Code.MEMO_REQUIRED
    assert check(None, to_issuer) is Code.DESTINATION_NOT_FOUND


@pytest.mark.parametrize(
    ("found", "amount", "reserve", "code"),
    [
        (None, 2 * RESERVE, RESERVE, None),
        (None, 2 * RESERVE - 1, RESERVE, Code.BELOW_LEDGER_RESERVE),
        (None, 2 * RESERVE, RESERVE + 1, Code.BELOW_LEDGER_RESERVE),
        (None, 2, 1, None),
        (account(), 100 * ONE, RESERVE, Code.DESTINATION_EXISTS),
    ],
)
def test_a_creation_is_judged_by_the_latest_ledgers_reserve(found, amount, reserve, code):
    assert check(found, CREATE, None, amount, reserve) is code


def test_the_message_says_how_to_create_it():
    with pytest.raises(Rejection, match="to create it, withdraw lumens"):
        check_destination(None, TO, DOLLAR, ONE, RESERVE)
