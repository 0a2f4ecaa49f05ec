"""Reports of the ledger: which are refused, and where each deposit goes."""

from dataclasses import replace
from hashlib import sha256

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AccountOpened,
    AssetIdentity,
    AuditorSignature,
    BalanceChanged,
    ChannelTransaction,
    Code,
    CreditAsset,
    DepositCredited,
    LedgerAdvanced,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    QuorumRule,
    SuspenseAdded,
    SuspenseEntry,
    SuspenseReason,
    Withdrawal,
    WithdrawalClosed,
)
from constellation.protocol.signing import KeyPair, Purpose, constellation_id, signing_hash
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import EUR, LUMENS, PLENTY, USD, Stage, effects_for

ALICE, NEWCOMER = key_of("alice"), key_of("newcomer")
TRANSACTION = sha256(b"a transaction").digest()
START = (100 << 32) | 0xFFFF_FFFF
LEDGER = 101 << 32
DOLLARS = CreditAsset("USD", key_of("issuer").public)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def deposit(
    amount: int = ONE,
    asset: AssetIdentity = None,
    *,
    source: KeyPair = NEWCOMER,
    operation: int = LEDGER | 1,
) -> LedgerDeposit:
    return LedgerDeposit(operation, TRANSACTION, asset, amount, source.public, None, None)


def signed(stage: Stage, report: LedgerReport, signers: int = 2) -> LedgerCommit:
    return stage.world.sign_report(report, signers)


def report_of(*events: LedgerEvent, **changes: int) -> LedgerReport:
    return replace(LedgerReport(START, LEDGER | 0xFFFF_FFFF, 1_800_000_005, list(events)), **changes)


# Continuity


def test_an_empty_report_moves_the_cursor(stage: Stage) -> None:
    executed = stage.executes(signed(stage, report_of()))
    [group] = executed.groups
    assert group.account == stage.world.settings.vault
    assert group.effects == [LedgerAdvanced(LEDGER | 0xFFFF_FFFF, 1_800_000_005)]
    assert stage.machine.state.ledger_cursor == LEDGER | 0xFFFF_FFFF


@pytest.mark.parametrize("previous", [0, START - 1, START + 1, 2**64 - 1])
def test_a_report_continues_the_committed_cursor(stage: Stage, previous: int) -> None:
    assert stage.refuses_commit(signed(stage, report_of(previous=previous))) is Code.LEDGER_CONTRADICTION


def test_a_report_counts_once(stage: Stage) -> None:
    commit = signed(stage, report_of(deposit()))
    stage.executes(commit)
    assert stage.refuses_commit(commit) is Code.LEDGER_CONTRADICTION


@pytest.mark.parametrize("cursor", [0, START - 1, START])
def test_a_cursor_moves_forward(stage: Stage, cursor: int) -> None:
    assert stage.refuses_commit(signed(stage, report_of(cursor=cursor))) is Code.LEDGER_CONTRADICTION


@pytest.mark.parametrize("cursor", [LEDGER, LEDGER | 5])
def test_a_cursor_is_not_behind_its_own_events(stage: Stage, cursor: int) -> None:
    events = [deposit(operation=LEDGER | 1), deposit(operation=LEDGER | 6)]
    assert stage.refuses_commit(signed(stage, report_of(*events, cursor=cursor))) is Code.LEDGER_CONTRADICTION
    stage.executes(signed(stage, report_of(*events, cursor=LEDGER | 6)))


@pytest.mark.parametrize(
    "places",
    [(2, 1), (1, 1), (1, 3, 2), (1, 2, 2)],
    ids=["backwards", "twice", "backwards at the end", "twice at the end"],
)
def test_events_come_in_the_ledgers_order_and_once(stage: Stage, places: tuple[int, ...]) -> None:
    events = [deposit(operation=LEDGER | place) for place in places]
    assert stage.refuses_commit(signed(stage, report_of(*events))) is Code.LEDGER_CONTRADICTION


@pytest.mark.parametrize("operation", [0, 100 << 32, START])
def test_an_event_from_before_the_cursor_was_counted_already(stage: Stage, operation: int) -> None:
    assert stage.refuses_commit(signed(stage, report_of(deposit(operation=operation)))) is Code.LEDGER_CONTRADICTION


def test_a_deposit_and_a_channel_transaction_share_one_order(stage: Stage) -> None:
    transaction = ChannelTransaction(LEDGER | 5, TRANSACTION, key_of("channel 0").public, 1, True)
    backwards = report_of(deposit(operation=LEDGER | 6), transaction)
    assert stage.refuses_commit(signed(stage, backwards)) is Code.LEDGER_CONTRADICTION
    stage.executes(signed(stage, report_of(transaction, deposit(operation=LEDGER | 6))))


def test_close_times_never_go_back(stage: Stage) -> None:
    stage.commits(closed_at_s=1_800_000_010)
    back = stage.world.commit(stage.machine, [], closed_at_s=1_800_000_009)
    assert stage.refuses_commit(back) is Code.LEDGER_CONTRADICTION
    stage.commits(closed_at_s=1_800_000_010)


@pytest.mark.parametrize("stranger", ["alice", "vault", "channel 2"])
def test_a_channel_transaction_names_a_channel(stage: Stage, stranger: str) -> None:
    event = ChannelTransaction(LEDGER, TRANSACTION, key_of(stranger).public, 1, True)
    assert stage.refuses_commit(signed(stage, report_of(event))) is Code.LEDGER_CONTRADICTION


@pytest.mark.parametrize("amount", [0, -1, -(2**63)])
@pytest.mark.parametrize("asset", [None, CreditAsset("FOO", bytes(32))], ids=["listed", "unlisted"])
def test_a_deposit_has_a_positive_amount(stage: Stage, amount: int, asset: AssetIdentity) -> None:
    assert stage.refuses_commit(signed(stage, report_of(deposit(amount, asset)))) is Code.LEDGER_CONTRADICTION


def test_a_bad_event_behind_good_ones_refuses_them_all(stage: Stage) -> None:
    events = [deposit(operation=LEDGER | 1), deposit(-1, operation=LEDGER | 2)]
    assert stage.refuses_commit(signed(stage, report_of(*events))) is Code.LEDGER_CONTRADICTION


# How much the vault can hold


def reasons(stage: Stage) -> list[SuspenseReason]:
    return [entry.reason for entry in stage.machine.state.suspense.entries]


def test_deposits_add_up_to_the_largest_amount_and_not_one_stroop_more(stage: Stage) -> None:
    fits = [deposit(INT64_MAX - ONE, operation=LEDGER | 1), deposit(ONE, operation=LEDGER | 2)]
    one_more = [*fits, deposit(1, operation=LEDGER | 3)]
    stage.executes(signed(stage, report_of(*one_more)))
    assert stage.machine.state.vault.held[LUMENS] == INT64_MAX
    assert reasons(stage) == [SuspenseReason.TOTAL_TOO_LARGE]
    stage.executes(stage.world.deposits(stage.machine, (NEWCOMER, LUMENS, 1)))
    assert stage.machine.state.vault.held[LUMENS] == INT64_MAX
    assert reasons(stage) == [SuspenseReason.TOTAL_TOO_LARGE] * 2
    assert stage.balance(NEWCOMER, LUMENS) == (INT64_MAX, 0)


def test_suspense_counts_towards_what_the_vault_holds(stage: Stage) -> None:
    stage.executes(signed(stage, report_of(deposit(INT64_MAX, DOLLARS))))
    assert stage.machine.state.suspense.sum(USD) == stage.machine.state.vault.held[USD] == INT64_MAX
    stage.executes(stage.world.deposits(stage.machine, (NEWCOMER, USD, 1)))
    assert reasons(stage) == [SuspenseReason.ACCOUNT_NOT_OPEN, SuspenseReason.TOTAL_TOO_LARGE]
    assert stage.machine.state.suspense.sum(USD) == stage.machine.state.vault.held[USD] == INT64_MAX


def test_unlisted_assets_have_no_bound(stage: Stage) -> None:
    other = CreditAsset("FOO", bytes(32))
    events = [deposit(INT64_MAX, other, operation=LEDGER | place) for place in (1, 2, 3)]
    stage.executes(signed(stage, report_of(*events)))
    assert len(stage.machine.state.suspense.entries) == 3


@pytest.mark.parametrize(
    ("successful", "amount", "before", "credited"),
    [
        (True, 5 * ONE, False, True),
        (False, 5 * ONE, False, False),
        (True, 5 * ONE + 1, False, False),
        (True, 5 * ONE, True, False),
    ],
    ids=["paid", "failed", "one stroop more", "too early"],
)
def test_a_full_vault_can_receive_again_what_the_same_report_says_it_paid(
    stage: Stage, successful: bool, amount: int, before: bool, credited: bool
) -> None:
    [alice] = stage.funded("alice", amount=INT64_MAX)
    stage.runs(alice, Withdrawal(USD, 5 * ONE, to(key_of("outside"))))
    [prepared] = stage.machine.state.desk.prepared
    place = ((stage.machine.state.ledger_cursor >> 32) + 1) << 32

    answer = ChannelTransaction(place | 4096, prepared.transaction, prepared.channel, prepared.sequence, successful)
    back = deposit(amount, DOLLARS, source=alice, operation=place | (1 if before else 8193))
    stage.commits(*([back, answer] if before else [answer, back]))
    assert stage.balance(alice, USD)[0] == (INT64_MAX if credited or not successful else INT64_MAX - 5 * ONE)
    assert reasons(stage) == ([] if credited else [SuspenseReason.TOTAL_TOO_LARGE])


# Signatures


def test_a_quorum_of_signatures_is_enough_and_one_less_is_not(stage: Stage) -> None:
    report = report_of(deposit())
    assert stage.refuses_commit(signed(stage, report, 0)) is Code.NOT_ENOUGH_SIGNATURES
    assert stage.refuses_commit(signed(stage, report, 1)) is Code.NOT_ENOUGH_SIGNATURES
    stage.executes(signed(stage, report, 2))


@pytest.mark.parametrize(
    ("auditors", "rule", "quorum"),
    [
        (1, QuorumRule.MAJORITY, 1),
        (2, QuorumRule.MAJORITY, 2),
        (3, QuorumRule.MAJORITY, 2),
        (4, QuorumRule.MAJORITY, 3),
        (19, QuorumRule.MAJORITY, 10),
        (3, QuorumRule.TWO_THIRDS, 3),
        (4, QuorumRule.TWO_THIRDS, 3),
        (19, QuorumRule.TWO_THIRDS, 13),
    ],
)
def test_the_quorum_follows_the_settings(auditors: int, rule: QuorumRule, quorum: int) -> None:
    stage = Stage(auditors=auditors)
    stage.world.settings.quorum_rule = rule
    stage.restart()
    assert stage.refuses_commit(signed(stage, report_of(), quorum - 1)) is Code.NOT_ENOUGH_SIGNATURES
    stage.executes(signed(stage, report_of(), quorum))


def test_one_auditor_does_not_count_twice(stage: Stage) -> None:
    commit = signed(stage, report_of(), 1)
    commit.signatures *= 2
    assert stage.refuses_commit(commit) is Code.UNAUTHORIZED


@pytest.mark.parametrize("stranger", ["mallory", "alpha", "vault", "auditor 3"])
def test_only_auditors_count_even_beside_a_quorum(stage: Stage, stranger: str) -> None:
    commit = signed(stage, report_of(), 2)
    key = key_of(stranger)
    digest = signing_hash(Purpose.LEDGER_REPORT, stage.world.constellation, commit.report.to_xdr())
    commit.signatures.append(AuditorSignature(key.public, key.sign(digest)))
    assert stage.refuses_commit(commit) is Code.UNAUTHORIZED


@pytest.mark.parametrize("spoil", ["flipped", "zero", "of another"])
def test_a_wrong_signature_is_refused_even_beside_a_quorum(stage: Stage, spoil: str) -> None:
    commit = signed(stage, report_of(), 3)
    last = commit.signatures[2]
    wrong = {
        "flipped": bytes([last.signature[0] ^ 1]) + last.signature[1:],
        "zero": bytes(64),
        "of another": commit.signatures[0].signature,
    }
    last.signature = wrong[spoil]
    assert stage.refuses_commit(commit) is Code.BAD_SIGNATURE


def test_a_signature_is_for_one_purpose_constellation_and_report(stage: Stage) -> None:
    report = report_of(deposit())
    vault = stage.world.settings.vault
    foreign = constellation_id("Public Global Stellar Network ; September 2015", vault)
    elsewhere = [
        signing_hash(Purpose.LEDGER_REPORT, foreign, report.to_xdr()),
        signing_hash(Purpose.VOTE, stage.world.constellation, report.to_xdr()),
        signing_hash(Purpose.LEDGER_REPORT, stage.world.constellation, report_of(deposit(2 * ONE)).to_xdr()),
        sha256(report.to_xdr()).digest(),
    ]
    for digest in elsewhere:
        signatures = [AuditorSignature(key.public, key.sign(digest)) for key in stage.world.auditors]
        assert stage.refuses_commit(LedgerCommit(report, signatures)) is Code.BAD_SIGNATURE


# Where deposits go


def test_a_deposit_credits_an_open_account(stage: Stage) -> None:
    stage.funded("alice")
    executed = stage.executes(stage.world.deposits(stage.machine, (ALICE, USD, 7 * ONE)))
    [event] = stage.world.deposits(stage.machine, (ALICE, USD, 7 * ONE)).report.events
    assert isinstance(event, LedgerDeposit)
    operation = event.operation - (1 << 32)
    assert effects_for(executed, ALICE) == [
        DepositCredited(USD, 7 * ONE, sha256(str(operation).encode()).digest(), operation, ALICE.public),
        BalanceChanged(USD, PLENTY + 7 * ONE, 0),
    ]


def test_a_deposit_of_the_minimum_balance_opens_an_account(stage: Stage) -> None:
    executed = stage.executes(signed(stage, report_of(deposit(ONE))))
    assert effects_for(executed, NEWCOMER) == [
        AccountOpened(NEWCOMER.public),
        DepositCredited(LUMENS, ONE, TRANSACTION, LEDGER | 1, NEWCOMER.public),
        BalanceChanged(LUMENS, ONE, 0),
    ]


def test_deposits_to_one_account_in_one_report_accumulate(stage: Stage) -> None:
    events = [
        deposit(ONE, operation=LEDGER | 1),
        deposit(2 * ONE, operation=LEDGER | 2),
        deposit(4 * ONE, DOLLARS, operation=LEDGER | 3),
    ]
    executed = stage.executes(signed(stage, report_of(*events)))
    assert stage.balance(NEWCOMER, LUMENS) == (3 * ONE, 0)
    assert stage.balance(NEWCOMER, USD) == (4 * ONE, 0)
    assert effects_for(executed, NEWCOMER)[-2:] == [
        BalanceChanged(LUMENS, 3 * ONE, 0),
        BalanceChanged(USD, 4 * ONE, 0),
    ]


@pytest.mark.parametrize(
    ("asset", "amount", "source", "reason"),
    [
        (CreditAsset("USD", key_of("mallory").public), ONE, ALICE, SuspenseReason.UNKNOWN_LEDGER_ASSET),
        (CreditAsset("usd", DOLLARS.issuer), ONE, ALICE, SuspenseReason.UNKNOWN_LEDGER_ASSET),
        (CreditAsset("BTC", DOLLARS.issuer), 1, NEWCOMER, SuspenseReason.UNKNOWN_LEDGER_ASSET),
        (None, ONE // 10 - 1, ALICE, SuspenseReason.BELOW_MINIMUM_DEPOSIT),
        (DOLLARS, 1, ALICE, SuspenseReason.BELOW_MINIMUM_DEPOSIT),
        (DOLLARS, 1, NEWCOMER, SuspenseReason.BELOW_MINIMUM_DEPOSIT),
        (DOLLARS, ONE // 10, NEWCOMER, SuspenseReason.ACCOUNT_NOT_OPEN),
        (DOLLARS, PLENTY, NEWCOMER, SuspenseReason.ACCOUNT_NOT_OPEN),
        (None, ONE - 1, NEWCOMER, SuspenseReason.ACCOUNT_NOT_OPEN),
        (None, PLENTY, key_of("vault"), SuspenseReason.ACCOUNT_NOT_OPEN),
    ],
)
def test_what_cannot_be_credited_goes_to_suspense(
    stage: Stage, asset: AssetIdentity, amount: int, source: KeyPair, reason: SuspenseReason
) -> None:
    stage.funded("alice")
    before = list(stage.machine.state.vault.held)
    operation = (stage.machine.state.ledger_cursor >> 32) + 1 << 32
    executed = stage.commits(deposit(amount, asset, source=source, operation=operation))
    [group] = executed.groups
    assert group.account == stage.world.settings.vault
    assert group.effects[0] == SuspenseAdded(operation, asset, amount, source.public, TRANSACTION, reason)
    entry = SuspenseEntry(operation, asset, amount, source.public, TRANSACTION, reason, 0, None)
    assert stage.machine.state.suspense.entries == [entry]
    gained = [after - held for after, held in zip(stage.machine.state.vault.held, before, strict=True)]
    expected = [0, 0, 0]
    if reason is not SuspenseReason.UNKNOWN_LEDGER_ASSET:
        expected[USD if asset == DOLLARS else LUMENS] = amount
    assert gained == expected


@pytest.mark.parametrize(("amount", "credited"), [(ONE // 10 - 1, 0), (ONE // 10, ONE // 10)])
def test_the_minimum_deposit_is_enough(stage: Stage, amount: int, credited: int) -> None:
    stage.funded("alice")
    stage.executes(stage.world.deposits(stage.machine, (ALICE, EUR, amount)))
    assert stage.balance(ALICE, EUR) == (PLENTY + credited, 0)


def test_the_order_inside_a_report_decides_who_is_open(stage: Stage) -> None:
    events = [
        deposit(ONE, DOLLARS, operation=LEDGER | 1),
        deposit(ONE, None, operation=LEDGER | 2),
        deposit(2 * ONE, DOLLARS, operation=LEDGER | 3),
    ]
    stage.executes(signed(stage, report_of(*events)))
    assert stage.balance(NEWCOMER, USD) == (2 * ONE, 0)
    assert stage.machine.state.suspense.sum(USD) == ONE


def test_the_fee_account_is_open_from_the_start(stage: Stage) -> None:
    stage.executes(stage.world.deposits(stage.machine, (stage.world.fee_account, USD, ONE)))
    assert stage.balance(stage.world.fee_account, USD) == (ONE, 0)


def test_a_full_report_is_applied(stage: Stage) -> None:
    events = [deposit(ONE, operation=LEDGER | place) for place in range(1, 257)]
    executed = stage.executes(signed(stage, report_of(*events)))
    assert stage.balance(NEWCOMER, LUMENS) == (256 * ONE, 0)
    assert len(effects_for(executed, NEWCOMER)) == 258


def test_effects_of_the_constellation_itself_are_numbered_without_gaps(stage: Stage) -> None:
    first = stage.commits().groups[0]
    operation = (stage.machine.state.ledger_cursor >> 32) + 1 << 32
    second = stage.commits(deposit(1, operation=operation)).groups[0]
    third = stage.commits().groups[0]
    assert [group.first_number for group in (first, second, third)] == [1, 2, 4]


def test_a_withdrawal_that_comes_back_to_its_own_account_is_paid_and_deposited(stage: Stage) -> None:
    [alice] = stage.funded("alice")
    stage.runs(alice, Withdrawal(USD, ONE, to(alice)))
    [prepared] = stage.machine.state.desk.prepared
    place = (stage.machine.state.ledger_cursor >> 32) + 1 << 32
    executed = stage.commits(
        ChannelTransaction(place, prepared.transaction, prepared.channel, prepared.sequence, True),
        deposit(ONE, DOLLARS, source=alice, operation=place | 1),
    )
    kinds = [type(effect) for effect in effects_for(executed, alice)]
    assert kinds == [WithdrawalClosed, DepositCredited, BalanceChanged]
    assert stage.balance(alice, USD) == (PLENTY, 0)
