"""Everything that the ledger can do to a vault, in one table: the reader's rules, its golden tests, and a page of docs.

``docs/reference/ledger-operations.md`` is generated from it; each row is the name of golden tests in
``tests/stellarlink/test_ledger_table.py``, which compare it with the reader and with the state machine.
"""

from dataclasses import dataclass
from typing import Final

from constellation.protocol import messages
from constellation.protocol.limits import CLAIMS_MAX
from constellation.protocol.messages import Effect, LedgerEvent


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One thing that the ledger can do.

    Attributes:
        name: of the row and its golden tests.
        on_ledger: what a transaction does.
        event: how auditors report it; None when it concerns nobody.
        effects: what the state machine makes of the event as a rule, besides balances.
        otherwise: when it does something else, and what.
    """

    name: str
    on_ledger: str
    event: type[LedgerEvent] | None
    effects: tuple[type[Effect], ...] = ()
    otherwise: str = ""


_TO_SUSPENSE = "`SuspenseAdded` when it cannot be attributed"
_CREDITED = (messages.DepositCredited,)
_STRANGE = (messages.UnknownVaultTransaction, messages.AssetSuspended)

LEDGER_TABLE: Final = (
    LedgerRow("payment", "Payment to the vault", messages.LedgerDeposit, _CREDITED, _TO_SUSPENSE),
    LedgerRow(
        "path_payment_strict_receive",
        "Path payment (strict receive) to the vault: the destination asset, and what arrived of it",
        messages.LedgerDeposit,
        _CREDITED,
        _TO_SUSPENSE,
    ),
    LedgerRow(
        "path_payment_strict_send",
        "Path payment (strict send) to the vault: the destination asset, and what arrived of it",
        messages.LedgerDeposit,
        _CREDITED,
        _TO_SUSPENSE,
    ),
    LedgerRow(
        "create_account",
        "Create account of the vault: its starting balance",
        messages.LedgerDeposit,
        _CREDITED,
        _TO_SUSPENSE,
    ),
    LedgerRow(
        "account_merge",
        "Account merge into the vault: the lumens that were left",
        messages.LedgerDeposit,
        _CREDITED,
        f"{_TO_SUSPENSE}; nothing when none were left",
    ),
    LedgerRow(
        "claimable_balance",
        "Claimable balance that the vault can claim without condition",
        messages.ClaimableDeposit,
        (messages.VaultTaskPrepared,),
        "`ClaimIgnored` when the asset is not listed, the amount below the minimum deposit, or "
        f"{CLAIMS_MAX} are to be claimed already. Once the vault's transaction has claimed it, it is a deposit by "
        "whoever made it. A claim that comes too late is tried again; one that the ledger refuses is given up",
    ),
    LedgerRow("conditional_balance", "Claimable balance that the vault can claim on conditions, or not at all", None),
    LedgerRow(
        "clawback",
        "Clawback from the vault by the asset's issuer",
        messages.VaultClawback,
        (messages.AssetSuspended,),
        "nothing when the asset is not listed or suspended already",
    ),
    LedgerRow(
        "authorization_withdrawn",
        "Allow trust or trust line flags by the issuer: the vault must not move the asset any more",
        messages.VaultAuthorization,
        (messages.AssetSuspended,),
        "nothing when the asset is not listed or suspended already",
    ),
    LedgerRow(
        "authorization_given",
        "Allow trust or trust line flags by the issuer: the vault is authorized",
        messages.VaultAuthorization,
        (),
        "the auditors resume the asset",
    ),
    LedgerRow("other_flags", "Trust line flags by the issuer that do not set or clear the authorization", None),
    LedgerRow(
        "task_done",
        "Transaction of a channel, as the constellation prepared it, successful",
        messages.ChannelTransaction,
        (messages.WithdrawalClosed,),
        "`VaultTaskClosed` when it was a refund, a claim or a trust line",
    ),
    LedgerRow(
        "task_failed",
        "Transaction of a channel, as the constellation prepared it, failed",
        messages.ChannelTransaction,
        (messages.WithdrawalClosed,),
        "`VaultTaskClosed` when it was a refund, a claim or a trust line",
    ),
    LedgerRow(
        "strange_channel_transaction",
        "Transaction of a channel that the constellation did not ask for",
        messages.ChannelTransaction,
        (messages.UnknownChannelTransaction, messages.AssetSuspended),
        "no asset is suspended when it failed",
    ),
    LedgerRow(
        "vault_operation",
        "Operation for the vault in a transaction that is no channel's",
        messages.VaultTransaction,
        _STRANGE,
        "a suspended asset keeps its first reason",
    ),
    LedgerRow(
        "vault_source",
        "Transaction, successful or not, whose source or fee source is the vault",
        messages.VaultTransaction,
        _STRANGE,
        "a suspended asset keeps its first reason",
    ),
    LedgerRow("handover", "The vault's handover to the auditors, with which every constellation begins", None),
    LedgerRow("to_itself", "Payment by the vault to itself: it deposits nothing", messages.VaultTransaction, _STRANGE),
    LedgerRow("failed", "Failed transaction of somebody else", None),
    LedgerRow(
        "smart_contract",
        "Transfer by a smart contract",
        None,
        (),
        "it is not in the transaction's own bytes: it shows as more, or less, money in the vault than is owed",
    ),
    LedgerRow("anything_else", "Everything else, and everything between others", None),
)
