"""A transaction for every row of the table of ledger operations, built with stellar-sdk, and what it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

from stellar_sdk import (
    AccountMerge,
    AllowTrust,
    Asset,
    Claimant,
    ClaimPredicate,
    Clawback,
    CreateAccount,
    CreateClaimableBalance,
    HashMemo,
    IdMemo,
    ManageData,
    Memo,
    MuxedAccount,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    ReturnHashMemo,
    SetOptions,
    SetTrustLineFlags,
    TextMemo,
    TrustLineEntryFlag,
    TrustLineFlags,
    xdr,
)
from stellar_sdk.operation import Operation

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    ChannelTransaction,
    ClaimableDeposit,
    CreditAsset,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
)
from constellation.protocol.signing import KeyPair
from constellation.stellarlink.handover import handover_steps
from tests.stellarlink.support import (
    CHANNELS,
    DOLLAR,
    ISSUER,
    LUMEN,
    OTHER,
    STELLAR_DOLLAR,
    TRADER,
    VAULT,
    allow_trust_ok,
    claimable_ok,
    clawback_ok,
    create_account_ok,
    flags_ok,
    make_settings,
    manage_data_ok,
    merge_ok,
    payment_ok,
    set_options_ok,
    strict_receive_ok,
    strict_send_ok,
)

SETTINGS = make_settings()
TOID = 50 << 32 | 3 << 12
BALANCE = b"\xba" * 32
LONG = CreditAsset("TWELVELETTER", ISSUER.public)
Events = Callable[[bytes, bytes], list[LedgerEvent]]
"""What is read, by the hash that the ledger shows and the hash of what is inside."""


@dataclass(frozen=True)
class Golden:
    """A transaction, and what it means when it succeeds and when it fails.

    Attributes:
        title: of the test.
        operations: with their outcomes.
        events: when it succeeds.
        source: of the transaction.
        memo: of the transaction.
        failed: the events when it fails.
    """

    title: str
    operations: Sequence[tuple[Operation, xdr.OperationResultTr]]
    events: Events
    source: KeyPair = TRADER
    memo: Memo | None = None
    failed: Events = lambda shown, inner: []


def nothing(shown: bytes, inner: bytes) -> list[LedgerEvent]:
    return []


def deposit(
    asset: CreditAsset | None = None,
    amount: int = ONE,
    source: KeyPair = TRADER,
    memo: LedgerMemo = None,
    muxed_id: int | None = None,
) -> Events:
    return lambda shown, inner: [LedgerDeposit(TOID + 1, shown, asset, amount, source.public, memo, muxed_id)]


def claimable(amount: int = ONE, asset: CreditAsset | None = DOLLAR, memo: LedgerMemo = None) -> Events:
    return lambda shown, inner: [ClaimableDeposit(TOID + 1, shown, BALANCE, asset, amount, TRADER.public, memo)]


def authorization(authorized: bool, asset: CreditAsset = DOLLAR) -> Events:
    return lambda shown, inner: [VaultAuthorization(TOID + 1, shown, asset, authorized)]


def vault_moved(shown: bytes, inner: bytes) -> list[LedgerEvent]:
    return [VaultTransaction(TOID, shown)]


def channel_used(successful: bool) -> Events:
    return lambda shown, inner: [ChannelTransaction(TOID, inner, CHANNELS[0].public, 7, successful)]


def to_vault(asset: Asset = LUMEN, source: str | None = None) -> tuple[Operation, xdr.OperationResultTr]:
    return Payment(VAULT.address, asset, "1", source), payment_ok()


def balance_for(*claimants: Claimant, asset: Asset = STELLAR_DOLLAR) -> tuple[Operation, xdr.OperationResultTr]:
    return CreateClaimableBalance(asset, "1", list(claimants)), claimable_ok(BALANCE)


def allow(code: str, flags: TrustLineEntryFlag, trustor: KeyPair = VAULT) -> tuple[Operation, xdr.OperationResultTr]:
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # the ledger still has it
        return AllowTrust(trustor.address, code, flags), allow_trust_ok()


def flags(
    *, clear: TrustLineFlags | None = None, set_: TrustLineFlags | None = None, trustor: KeyPair = VAULT
) -> tuple[Operation, xdr.OperationResultTr]:
    return SetTrustLineFlags(trustor.address, STELLAR_DOLLAR, clear, set_), flags_ok()


OUTCOMES = {Payment: payment_ok, SetOptions: set_options_ok, ManageData: manage_data_ok}
FULL = TrustLineFlags.AUTHORIZED_FLAG
MAINTAIN = TrustLineFlags.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG
VAULT_CLAIMS = Claimant(VAULT.address)
OTHER_CLAIMS = Claimant(OTHER.address)
IN_TIME = ClaimPredicate.predicate_before_relative_time(60)
ALWAYS = ClaimPredicate.predicate_unconditional()

MEMOS: list[tuple[str, Memo | None, LedgerMemo]] = [
    ("no memo", None, None),
    ("id", IdMemo(7), 7),
    ("id 0", IdMemo(0), 0),
    ("largest id", IdMemo(2**64 - 1), 2**64 - 1),
    ("text", TextMemo("rent"), b"rent"),
    ("empty text", TextMemo(""), None),
    ("number as text", TextMemo("7"), 7),
    ("largest number as text", TextMemo(str(2**64 - 1)), 2**64 - 1),
    ("number over uint64", TextMemo(str(2**64)), str(2**64).encode()),
    ("28 digits", TextMemo("9" * 28), b"9" * 28),
    ("leading zero", TextMemo("07"), b"07"),
    ("zero as text", TextMemo("0"), b"0"),
    ("minus", TextMemo("-7"), b"-7"),
    ("plus", TextMemo("+7"), b"+7"),
    ("space", TextMemo(" 7"), b" 7"),
    ("line end", TextMemo("7\n"), b"7\n"),
    ("fraction", TextMemo("7.0"), b"7.0"),
    ("underscore", TextMemo("1_0"), b"1_0"),
    ("hexadecimal", TextMemo("0x7"), b"0x7"),
    ("other digits", TextMemo("\u0667"), "\u0667".encode()),
    ("not UTF-8", TextMemo(b"\xff\xfe7"), b"\xff\xfe7"),
    ("NUL", TextMemo(b"7\0"), b"7\0"),
    ("hash", HashMemo(b"\x07" * 32), b"\x07" * 32),
    ("return hash", ReturnHashMemo(b"\x08" * 32), b"\x08" * 32),
]

GOLDEN: dict[str, list[Golden]] = {
    "payment": [
        *(Golden(name, [to_vault()], deposit(memo=told), memo=memo) for name, memo, told in MEMOS),
        Golden("dollars", [to_vault(STELLAR_DOLLAR)], deposit(DOLLAR)),
        Golden("a long code", [to_vault(Asset("TWELVELETTER", ISSUER.address))], deposit(LONG)),
        Golden(
            "to the muxed vault",
            [(Payment(MuxedAccount(VAULT.address, 77), LUMEN, "1"), payment_ok())],
            deposit(memo=5, muxed_id=77),
            memo=IdMemo(5),
        ),
        Golden(
            "to the vault's muxed id 0",
            [(Payment(MuxedAccount(VAULT.address, 0), LUMEN, "1"), payment_ok())],
            deposit(muxed_id=0),
        ),
        Golden("by an operation's own source", [to_vault(source=OTHER.address)], deposit(source=OTHER)),
        Golden("by the issuer", [to_vault(STELLAR_DOLLAR)], deposit(DOLLAR, source=ISSUER), source=ISSUER),
    ],
    "path_payment_strict_receive": [
        Golden(
            "lumens for dollars",
            [
                (
                    PathPaymentStrictReceive(VAULT.address, STELLAR_DOLLAR, "9", LUMEN, "1", []),
                    strict_receive_ok(VAULT, LUMEN, ONE),
                )
            ],
            deposit(),
        ),
        Golden(
            "dollars for lumens",
            [
                (
                    PathPaymentStrictReceive(MuxedAccount(VAULT.address, 3), LUMEN, "9", STELLAR_DOLLAR, "1", []),
                    strict_receive_ok(VAULT, STELLAR_DOLLAR, ONE),
                )
            ],
            deposit(DOLLAR, muxed_id=3),
        ),
    ],
    "path_payment_strict_send": [
        Golden(
            "lumens for dollars",
            [
                (
                    PathPaymentStrictSend(VAULT.address, STELLAR_DOLLAR, "9", LUMEN, "0.5", []),
                    strict_send_ok(VAULT, LUMEN, ONE),
                )
            ],
            deposit(),
        ),
        Golden(
            "more arrived than was asked for",
            [
                (
                    PathPaymentStrictSend(VAULT.address, LUMEN, "9", STELLAR_DOLLAR, "0.5", []),
                    strict_send_ok(VAULT, STELLAR_DOLLAR, 12_345_678),
                )
            ],
            deposit(DOLLAR, 12_345_678, memo=4),
            memo=IdMemo(4),
        ),
    ],
    "create_account": [
        Golden("with a balance", [(CreateAccount(VAULT.address, "1"), create_account_ok())], deposit()),
        Golden(
            "with a memo", [(CreateAccount(VAULT.address, "1"), create_account_ok())], deposit(memo=4), memo=IdMemo(4)
        ),
    ],
    "account_merge": [
        Golden("what was left", [(AccountMerge(VAULT.address), merge_ok(12_345_678))], deposit(amount=12_345_678)),
        Golden(
            "into the muxed vault",
            [(AccountMerge(MuxedAccount(VAULT.address, 9)), merge_ok(ONE))],
            deposit(muxed_id=9),
        ),
        Golden("nothing was left", [(AccountMerge(VAULT.address), merge_ok(0))], nothing),
    ],
    "claimable_balance": [
        Golden("for the vault alone", [balance_for(VAULT_CLAIMS)], claimable(memo=6), memo=IdMemo(6)),
        Golden("of lumens", [balance_for(VAULT_CLAIMS, asset=LUMEN)], claimable(asset=None)),
        Golden("for several", [balance_for(OTHER_CLAIMS, VAULT_CLAIMS)], claimable()),
        Golden(
            "for another one on conditions",
            [balance_for(Claimant(OTHER.address, IN_TIME), VAULT_CLAIMS)],
            claimable(),
        ),
    ],
    "conditional_balance": [
        Golden("before a time", [balance_for(Claimant(VAULT.address, IN_TIME))], nothing),
        Golden(
            "after a time",
            [balance_for(Claimant(VAULT.address, ClaimPredicate.predicate_not(IN_TIME)))],
            nothing,
        ),
        Golden(
            "always or before a time",
            [balance_for(Claimant(VAULT.address, ClaimPredicate.predicate_or(ALWAYS, IN_TIME)))],
            nothing,
        ),
        Golden(
            "the condition is the vault's, not the other one's",
            [balance_for(OTHER_CLAIMS, Claimant(VAULT.address, IN_TIME))],
            nothing,
        ),
        Golden("for others", [balance_for(OTHER_CLAIMS)], nothing),
    ],
    "clawback": [
        Golden(
            "of dollars",
            [(Clawback(STELLAR_DOLLAR, VAULT.address, "2.5"), clawback_ok())],
            lambda shown, inner: [VaultClawback(TOID + 1, shown, DOLLAR, 25_000_000)],
            source=ISSUER,
        ),
        Golden(
            "from the muxed vault",
            [(Clawback(STELLAR_DOLLAR, MuxedAccount(VAULT.address, 1), "1"), clawback_ok())],
            lambda shown, inner: [VaultClawback(TOID + 1, shown, DOLLAR, ONE)],
            source=ISSUER,
        ),
    ],
    "authorization_withdrawn": [
        Golden(
            "allow trust, 4 letters",
            [allow("USD", TrustLineEntryFlag.UNAUTHORIZED_FLAG)],
            authorization(False),
            source=ISSUER,
        ),
        Golden(
            "allow trust, 12 letters",
            [allow("TWELVELETTER", TrustLineEntryFlag.UNAUTHORIZED_FLAG)],
            authorization(False, LONG),
            source=ISSUER,
        ),
        Golden(
            "allow trust, maintain only",
            [allow("USD", TrustLineEntryFlag.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG)],
            authorization(False),
            source=ISSUER,
        ),
        Golden("flags cleared", [flags(clear=FULL)], authorization(False), source=ISSUER),
        Golden("maintain only", [flags(clear=FULL, set_=MAINTAIN)], authorization(False), source=ISSUER),
        Golden("all cleared", [flags(clear=FULL | MAINTAIN)], authorization(False), source=ISSUER),
    ],
    "authorization_given": [
        Golden(
            "allow trust",
            [allow("USD", TrustLineEntryFlag.AUTHORIZED_FLAG)],
            authorization(True),
            source=ISSUER,
        ),
        Golden("flags set", [flags(set_=FULL)], authorization(True), source=ISSUER),
        Golden("from maintain only", [flags(clear=MAINTAIN, set_=FULL)], authorization(True), source=ISSUER),
    ],
    "other_flags": [
        Golden("maintain set", [flags(set_=MAINTAIN)], nothing, source=ISSUER),
        Golden("maintain cleared", [flags(clear=MAINTAIN)], nothing, source=ISSUER),
        Golden(
            "clawback disabled",
            [flags(clear=TrustLineFlags.TRUSTLINE_CLAWBACK_ENABLED_FLAG)],
            nothing,
            source=ISSUER,
        ),
        Golden("of another trust line", [flags(clear=FULL, trustor=OTHER)], nothing, source=ISSUER),
        Golden(
            "allow trust of another trust line",
            [allow("USD", TrustLineEntryFlag.UNAUTHORIZED_FLAG, OTHER)],
            nothing,
            source=ISSUER,
        ),
    ],
    "task_done": [
        Golden(
            "a withdrawal",
            [(Payment(TRADER.address, LUMEN, "1", VAULT.address), payment_ok())],
            channel_used(True),
            source=CHANNELS[0],
            failed=channel_used(False),
        )
    ],
    "task_failed": [
        Golden(
            "a withdrawal that creates an account",
            [(CreateAccount(TRADER.address, "1", VAULT.address), create_account_ok())],
            channel_used(True),
            source=CHANNELS[0],
            failed=channel_used(False),
        )
    ],
    "strange_channel_transaction": [
        Golden(
            "that does nothing for the vault",
            [(SetOptions(home_domain="example.org"), set_options_ok())],
            channel_used(True),
            source=CHANNELS[0],
            failed=channel_used(False),
        ),
        Golden(
            "that deposits, too",
            [to_vault()],
            lambda shown, inner: [*channel_used(True)(shown, inner), *deposit(source=CHANNELS[0])(shown, inner)],
            source=CHANNELS[0],
            failed=channel_used(False),
        ),
    ],
    "vault_operation": [
        Golden("a payment", [(Payment(OTHER.address, LUMEN, "1", VAULT.address), payment_ok())], vault_moved),
        Golden(
            "by the muxed vault",
            [(Payment(OTHER.address, LUMEN, "1", MuxedAccount(VAULT.address, 1)), payment_ok())],
            vault_moved,
        ),
        Golden("options", [(SetOptions(home_domain="x", source=VAULT.address), set_options_ok())], vault_moved),
        Golden(
            "among others, beside a deposit",
            [to_vault(), (Payment(OTHER.address, LUMEN, "1", VAULT.address), payment_ok())],
            lambda shown, inner: [*vault_moved(shown, inner), *deposit()(shown, inner)],
        ),
    ],
    "vault_source": [
        Golden(
            "a payment",
            [(Payment(OTHER.address, LUMEN, "1"), payment_ok())],
            vault_moved,
            source=VAULT,
            failed=vault_moved,
        ),
        Golden(
            "for somebody else",
            [(Payment(OTHER.address, LUMEN, "1", TRADER.address), payment_ok())],
            vault_moved,
            source=VAULT,
            failed=vault_moved,
        ),
    ],
    "handover": [
        Golden(
            "in one transaction of the funder",
            [
                (step, manage_data_ok() if n == 0 else set_options_ok())
                for n, step in enumerate(handover_steps(SETTINGS))
            ],
            nothing,
        )
    ],
    "to_itself": [
        Golden("a payment", [to_vault(source=VAULT.address)], vault_moved),
        Golden(
            "a path payment",
            [
                (
                    PathPaymentStrictSend(VAULT.address, LUMEN, "9", STELLAR_DOLLAR, "1", [], VAULT.address),
                    strict_send_ok(VAULT, STELLAR_DOLLAR, ONE),
                )
            ],
            vault_moved,
        ),
        Golden(
            "a claimable balance",
            [(CreateClaimableBalance(LUMEN, "1", [VAULT_CLAIMS], VAULT.address), claimable_ok(BALANCE))],
            vault_moved,
        ),
    ],
    "failed": [Golden("whatever it wanted", [(Payment(OTHER.address, LUMEN, "1"), payment_ok())], nothing)],
    "anything_else": [
        Golden("a payment to others", [(Payment(OTHER.address, LUMEN, "1"), payment_ok())], nothing),
        Golden("a new account", [(CreateAccount(OTHER.address, "1"), create_account_ok())], nothing),
        Golden("a merge into others", [(AccountMerge(OTHER.address), merge_ok(5))], nothing),
        Golden(
            "a clawback from others",
            [(Clawback(STELLAR_DOLLAR, OTHER.address, "1"), clawback_ok())],
            nothing,
            source=ISSUER,
        ),
        Golden("options of others", [(SetOptions(home_domain="example.org"), set_options_ok())], nothing),
    ],
}
