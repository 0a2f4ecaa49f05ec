"""Readable codec of client.x.

Generated from xdr/client.x by tools/xdr_generator.py; do not edit.

Between a trader's client and alpha's gateway.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.client import (
    MAX_ACCOUNT_HOLDS,
    MAX_ACCOUNT_WITHDRAWALS,
    MAX_ANCESTORS,
    MAX_BOOK_LEVELS,
    MAX_BUCKET_ENTRIES,
    MAX_EVENTS_PER_MESSAGE,
    MAX_HISTORY_ITEMS,
    MAX_HISTORY_KINDS,
    MAX_HISTORY_PROOFS,
    MAX_OPEN_ORDERS,
    MAX_OPEN_PROPOSALS,
    AccountEvent,
    AccountSnapshot,
    Acknowledgement,
    BookLevel,
    BookSnapshot,
    BucketPair,
    ClientMessage,
    ClientMessageType,
    Finality,
    HistoryFilter,
    HistoryItem,
    HistoryPage,
    HistoryProof,
    OpenProposal,
    OrderKind,
    OrderRecord,
    OrdersPage,
    Proposals,
    Propose,
    QueryAccount,
    QueryBook,
    QueryHistory,
    QueryOrders,
    QueryProof,
    QueryProposals,
    Rejected,
    Resume,
    Resumed,
    StateProof,
    Submit,
    SubmitBatch,
    Welcome,
)
from constellation.protocol.messages.codes import Code
from constellation.protocol.messages.common import MAX_AUDITORS, MAX_CLIENT_ORDER_ID, Side
from constellation.protocol.messages.effects import EffectType, OrderCloseReason
from constellation.protocol.messages.requests import TimeInForce
from constellation.protocol.messages.session import Closing, Hello, HelloProof, HelloReply
from constellation.protocol.messages.state import StateEntryType
from constellation.protocol.reference.common import (
    pack_auditor_signature,
    pack_merkle_proof,
    pack_trigger,
    unpack_auditor_signature,
    unpack_merkle_proof,
    unpack_trigger,
)
from constellation.protocol.reference.effects import pack_effect, pack_effect_group, unpack_effect, unpack_effect_group
from constellation.protocol.reference.governance import (
    pack_proposal,
    pack_signed_proposal,
    unpack_proposal,
    unpack_signed_proposal,
)
from constellation.protocol.reference.modes import pack_mode_in_force, unpack_mode_in_force
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_enum,
    pack_fixed_opaque,
    pack_int64,
    pack_opaque,
    pack_optional,
    pack_string,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_opaque,
    unpack_optional,
    unpack_string,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.quanta import (
    pack_batch_header,
    pack_certificate,
    pack_quantum_leaf,
    pack_signed_header,
    unpack_batch_header,
    unpack_certificate,
    unpack_quantum_leaf,
    unpack_signed_header,
)
from constellation.protocol.reference.requests import (
    pack_signed_request,
    pack_signed_request_batch,
    unpack_signed_request,
    unpack_signed_request_batch,
)
from constellation.protocol.reference.session import (
    pack_closing,
    pack_hello,
    pack_hello_proof,
    pack_hello_reply,
    unpack_closing,
    unpack_hello,
    unpack_hello_proof,
    unpack_hello_reply,
)
from constellation.protocol.reference.settings import pack_settings, unpack_settings
from constellation.protocol.reference.state import (
    pack_account_entry,
    pack_armed_entry,
    pack_hold_entry,
    pack_order_entry,
    pack_state_entry,
    pack_withdrawal_entry,
    unpack_account_entry,
    unpack_armed_entry,
    unpack_hold_entry,
    unpack_order_entry,
    unpack_state_entry,
    unpack_withdrawal_entry,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_submit(packer: Packer, value: Submit) -> None:
    """Packs Submit."""
    expect_class(value, Submit)
    pack_uint64(packer, value.request_id, "Submit.request_id")
    pack_signed_request(packer, value.request)


def unpack_submit(unpacker: Unpacker) -> Submit:
    """Unpacks Submit."""
    return Submit(
        request_id=unpack_uint64(unpacker, "Submit.request_id"),
        request=unpack_signed_request(unpacker),
    )


def pack_submit_batch(packer: Packer, value: SubmitBatch) -> None:
    """Packs SubmitBatch."""
    expect_class(value, SubmitBatch)
    pack_uint64(packer, value.request_id, "SubmitBatch.request_id")
    pack_signed_request_batch(packer, value.batch)


def unpack_submit_batch(unpacker: Unpacker) -> SubmitBatch:
    """Unpacks SubmitBatch."""
    return SubmitBatch(
        request_id=unpack_uint64(unpacker, "SubmitBatch.request_id"),
        batch=unpack_signed_request_batch(unpacker),
    )


def pack_query_account(packer: Packer, value: QueryAccount) -> None:
    """Packs QueryAccount."""
    expect_class(value, QueryAccount)
    pack_uint64(packer, value.request_id, "QueryAccount.request_id")
    pack_optional(packer, value.sub_account, lambda packer, item: pack_uint32(packer, item, "QueryAccount.sub_account"))


def unpack_query_account(unpacker: Unpacker) -> QueryAccount:
    """Unpacks QueryAccount."""
    return QueryAccount(
        request_id=unpack_uint64(unpacker, "QueryAccount.request_id"),
        sub_account=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "QueryAccount.sub_account"), "QueryAccount.sub_account"
        ),
    )


def pack_query_book(packer: Packer, value: QueryBook) -> None:
    """Packs QueryBook."""
    expect_class(value, QueryBook)
    pack_uint64(packer, value.request_id, "QueryBook.request_id")
    pack_uint32(packer, value.market, "QueryBook.market")
    pack_uint32(packer, value.levels, "QueryBook.levels")


def unpack_query_book(unpacker: Unpacker) -> QueryBook:
    """Unpacks QueryBook."""
    return QueryBook(
        request_id=unpack_uint64(unpacker, "QueryBook.request_id"),
        market=unpack_uint32(unpacker, "QueryBook.market"),
        levels=unpack_uint32(unpacker, "QueryBook.levels"),
    )


def pack_resume(packer: Packer, value: Resume) -> None:
    """Packs Resume."""
    expect_class(value, Resume)
    pack_uint64(packer, value.request_id, "Resume.request_id")
    pack_uint64(packer, value.after, "Resume.after")


def unpack_resume(unpacker: Unpacker) -> Resume:
    """Unpacks Resume."""
    return Resume(
        request_id=unpack_uint64(unpacker, "Resume.request_id"),
        after=unpack_uint64(unpacker, "Resume.after"),
    )


def pack_query_proof(packer: Packer, value: QueryProof) -> None:
    """Packs QueryProof."""
    expect_class(value, QueryProof)
    pack_uint64(packer, value.request_id, "QueryProof.request_id")
    pack_enum(packer, value.kind, StateEntryType, "QueryProof.kind")
    pack_opaque(packer, value.identity, 32, "QueryProof.identity")


def unpack_query_proof(unpacker: Unpacker) -> QueryProof:
    """Unpacks QueryProof."""
    return QueryProof(
        request_id=unpack_uint64(unpacker, "QueryProof.request_id"),
        kind=unpack_enum(unpacker, StateEntryType, "QueryProof.kind"),
        identity=unpack_opaque(unpacker, 32, "QueryProof.identity"),
    )


def pack_history_filter(packer: Packer, value: HistoryFilter) -> None:
    """Packs HistoryFilter."""
    expect_class(value, HistoryFilter)
    pack_array(
        packer,
        value.kinds,
        lambda packer, item: pack_enum(packer, item, EffectType, "HistoryFilter.kinds"),
        MAX_HISTORY_KINDS,
        "HistoryFilter.kinds",
    )
    pack_optional(packer, value.asset, lambda packer, item: pack_uint32(packer, item, "HistoryFilter.asset"))
    pack_optional(packer, value.market, lambda packer, item: pack_uint32(packer, item, "HistoryFilter.market"))
    pack_optional(packer, value.since, lambda packer, item: pack_int64(packer, item, "HistoryFilter.since"))
    pack_optional(packer, value.until, lambda packer, item: pack_int64(packer, item, "HistoryFilter.until"))


def unpack_history_filter(unpacker: Unpacker) -> HistoryFilter:
    """Unpacks HistoryFilter."""
    return HistoryFilter(
        kinds=unpack_array(
            unpacker,
            lambda unpacker: unpack_enum(unpacker, EffectType, "HistoryFilter.kinds"),
            4,
            MAX_HISTORY_KINDS,
            "HistoryFilter.kinds",
        ),
        asset=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "HistoryFilter.asset"), "HistoryFilter.asset"
        ),
        market=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "HistoryFilter.market"), "HistoryFilter.market"
        ),
        since=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "HistoryFilter.since"), "HistoryFilter.since"
        ),
        until=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "HistoryFilter.until"), "HistoryFilter.until"
        ),
    )


def pack_query_history(packer: Packer, value: QueryHistory) -> None:
    """Packs QueryHistory."""
    expect_class(value, QueryHistory)
    pack_uint64(packer, value.request_id, "QueryHistory.request_id")
    pack_history_filter(packer, value.filter)
    pack_optional(packer, value.cursor, lambda packer, item: pack_uint64(packer, item, "QueryHistory.cursor"))
    pack_bool(packer, value.descending, "QueryHistory.descending")
    pack_uint32(packer, value.limit, "QueryHistory.limit")
    pack_bool(packer, value.proofs, "QueryHistory.proofs")
    pack_uint64(packer, value.min_apex, "QueryHistory.min_apex")
    pack_optional(packer, value.sub_account, lambda packer, item: pack_uint32(packer, item, "QueryHistory.sub_account"))


def unpack_query_history(unpacker: Unpacker) -> QueryHistory:
    """Unpacks QueryHistory."""
    return QueryHistory(
        request_id=unpack_uint64(unpacker, "QueryHistory.request_id"),
        filter=unpack_history_filter(unpacker),
        cursor=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "QueryHistory.cursor"), "QueryHistory.cursor"
        ),
        descending=unpack_bool(unpacker, "QueryHistory.descending"),
        limit=unpack_uint32(unpacker, "QueryHistory.limit"),
        proofs=unpack_bool(unpacker, "QueryHistory.proofs"),
        min_apex=unpack_uint64(unpacker, "QueryHistory.min_apex"),
        sub_account=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "QueryHistory.sub_account"), "QueryHistory.sub_account"
        ),
    )


def pack_query_orders(packer: Packer, value: QueryOrders) -> None:
    """Packs QueryOrders."""
    expect_class(value, QueryOrders)
    pack_uint64(packer, value.request_id, "QueryOrders.request_id")
    pack_optional(packer, value.market, lambda packer, item: pack_uint32(packer, item, "QueryOrders.market"))
    pack_optional(packer, value.open, lambda packer, item: pack_bool(packer, item, "QueryOrders.open"))
    pack_optional(packer, value.since, lambda packer, item: pack_int64(packer, item, "QueryOrders.since"))
    pack_optional(packer, value.until, lambda packer, item: pack_int64(packer, item, "QueryOrders.until"))
    pack_optional(packer, value.cursor, lambda packer, item: pack_uint64(packer, item, "QueryOrders.cursor"))
    pack_bool(packer, value.descending, "QueryOrders.descending")
    pack_uint32(packer, value.limit, "QueryOrders.limit")
    pack_uint64(packer, value.min_apex, "QueryOrders.min_apex")
    pack_optional(packer, value.sub_account, lambda packer, item: pack_uint32(packer, item, "QueryOrders.sub_account"))


def unpack_query_orders(unpacker: Unpacker) -> QueryOrders:
    """Unpacks QueryOrders."""
    return QueryOrders(
        request_id=unpack_uint64(unpacker, "QueryOrders.request_id"),
        market=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "QueryOrders.market"), "QueryOrders.market"
        ),
        open=unpack_optional(unpacker, lambda unpacker: unpack_bool(unpacker, "QueryOrders.open"), "QueryOrders.open"),
        since=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "QueryOrders.since"), "QueryOrders.since"
        ),
        until=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "QueryOrders.until"), "QueryOrders.until"
        ),
        cursor=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "QueryOrders.cursor"), "QueryOrders.cursor"
        ),
        descending=unpack_bool(unpacker, "QueryOrders.descending"),
        limit=unpack_uint32(unpacker, "QueryOrders.limit"),
        min_apex=unpack_uint64(unpacker, "QueryOrders.min_apex"),
        sub_account=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "QueryOrders.sub_account"), "QueryOrders.sub_account"
        ),
    )


def pack_propose(packer: Packer, value: Propose) -> None:
    """Packs Propose."""
    expect_class(value, Propose)
    pack_uint64(packer, value.request_id, "Propose.request_id")
    pack_signed_proposal(packer, value.proposal)


def unpack_propose(unpacker: Unpacker) -> Propose:
    """Unpacks Propose."""
    return Propose(
        request_id=unpack_uint64(unpacker, "Propose.request_id"),
        proposal=unpack_signed_proposal(unpacker),
    )


def pack_query_proposals(packer: Packer, value: QueryProposals) -> None:
    """Packs QueryProposals."""
    expect_class(value, QueryProposals)
    pack_uint64(packer, value.request_id, "QueryProposals.request_id")


def unpack_query_proposals(unpacker: Unpacker) -> QueryProposals:
    """Unpacks QueryProposals."""
    return QueryProposals(
        request_id=unpack_uint64(unpacker, "QueryProposals.request_id"),
    )


def pack_open_proposal(packer: Packer, value: OpenProposal) -> None:
    """Packs OpenProposal."""
    expect_class(value, OpenProposal)
    pack_proposal(packer, value.proposal)
    pack_array(packer, value.signatures, pack_auditor_signature, MAX_AUDITORS, "OpenProposal.signatures")


def unpack_open_proposal(unpacker: Unpacker) -> OpenProposal:
    """Unpacks OpenProposal."""
    return OpenProposal(
        proposal=unpack_proposal(unpacker),
        signatures=unpack_array(unpacker, unpack_auditor_signature, 96, MAX_AUDITORS, "OpenProposal.signatures"),
    )


def pack_proposals(packer: Packer, value: Proposals) -> None:
    """Packs Proposals."""
    expect_class(value, Proposals)
    pack_uint64(packer, value.request_id, "Proposals.request_id")
    pack_uint64(packer, value.settings_version, "Proposals.settings_version")
    pack_array(packer, value.proposals, pack_open_proposal, MAX_OPEN_PROPOSALS, "Proposals.proposals")


def unpack_proposals(unpacker: Unpacker) -> Proposals:
    """Unpacks Proposals."""
    return Proposals(
        request_id=unpack_uint64(unpacker, "Proposals.request_id"),
        settings_version=unpack_uint64(unpacker, "Proposals.settings_version"),
        proposals=unpack_array(unpacker, unpack_open_proposal, 24, MAX_OPEN_PROPOSALS, "Proposals.proposals"),
    )


def pack_welcome(packer: Packer, value: Welcome) -> None:
    """Packs Welcome."""
    expect_class(value, Welcome)
    pack_settings(packer, value.settings)
    pack_uint64(packer, value.settings_version, "Welcome.settings_version")
    pack_uint64(packer, value.epoch, "Welcome.epoch")
    pack_uint64(packer, value.apex, "Welcome.apex")
    pack_int64(packer, value.timestamp, "Welcome.timestamp")
    pack_uint32(packer, value.requests_per_second, "Welcome.requests_per_second")
    pack_uint32(packer, value.burst, "Welcome.burst")
    pack_mode_in_force(packer, value.mode)


def unpack_welcome(unpacker: Unpacker) -> Welcome:
    """Unpacks Welcome."""
    return Welcome(
        settings=unpack_settings(unpacker),
        settings_version=unpack_uint64(unpacker, "Welcome.settings_version"),
        epoch=unpack_uint64(unpacker, "Welcome.epoch"),
        apex=unpack_uint64(unpacker, "Welcome.apex"),
        timestamp=unpack_int64(unpacker, "Welcome.timestamp"),
        requests_per_second=unpack_uint32(unpacker, "Welcome.requests_per_second"),
        burst=unpack_uint32(unpacker, "Welcome.burst"),
        mode=unpack_mode_in_force(unpacker),
    )


def pack_rejected(packer: Packer, value: Rejected) -> None:
    """Packs Rejected."""
    expect_class(value, Rejected)
    pack_uint64(packer, value.request_id, "Rejected.request_id")
    pack_enum(packer, value.code, Code, "Rejected.code")
    pack_string(packer, value.message, 256, "Rejected.message")


def unpack_rejected(unpacker: Unpacker) -> Rejected:
    """Unpacks Rejected."""
    return Rejected(
        request_id=unpack_uint64(unpacker, "Rejected.request_id"),
        code=unpack_enum(unpacker, Code, "Rejected.code"),
        message=unpack_string(unpacker, 256, "Rejected.message"),
    )


def pack_account_event(packer: Packer, value: AccountEvent) -> None:
    """Packs AccountEvent."""
    expect_class(value, AccountEvent)
    pack_optional(packer, value.request_id, lambda packer, item: pack_uint64(packer, item, "AccountEvent.request_id"))
    pack_quantum_leaf(packer, value.leaf)
    pack_effect_group(packer, value.group)
    pack_merkle_proof(packer, value.group_proof)
    pack_merkle_proof(packer, value.leaf_proof)


def unpack_account_event(unpacker: Unpacker) -> AccountEvent:
    """Unpacks AccountEvent."""
    return AccountEvent(
        request_id=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "AccountEvent.request_id"), "AccountEvent.request_id"
        ),
        leaf=unpack_quantum_leaf(unpacker),
        group=unpack_effect_group(unpacker),
        group_proof=unpack_merkle_proof(unpacker),
        leaf_proof=unpack_merkle_proof(unpacker),
    )


def pack_acknowledgement(packer: Packer, value: Acknowledgement) -> None:
    """Packs Acknowledgement."""
    expect_class(value, Acknowledgement)
    pack_signed_header(packer, value.signed_header)
    pack_array(packer, value.events, pack_account_event, MAX_EVENTS_PER_MESSAGE, "Acknowledgement.events")


def unpack_acknowledgement(unpacker: Unpacker) -> Acknowledgement:
    """Unpacks Acknowledgement."""
    return Acknowledgement(
        signed_header=unpack_signed_header(unpacker),
        events=unpack_array(unpacker, unpack_account_event, 160, MAX_EVENTS_PER_MESSAGE, "Acknowledgement.events"),
    )


def pack_finality(packer: Packer, value: Finality) -> None:
    """Packs Finality."""
    expect_class(value, Finality)
    pack_certificate(packer, value.certificate)
    pack_array(packer, value.ancestors, pack_batch_header, MAX_ANCESTORS, "Finality.ancestors")


def unpack_finality(unpacker: Unpacker) -> Finality:
    """Unpacks Finality."""
    return Finality(
        certificate=unpack_certificate(unpacker),
        ancestors=unpack_array(unpacker, unpack_batch_header, 112, MAX_ANCESTORS, "Finality.ancestors"),
    )


def pack_account_snapshot(packer: Packer, value: AccountSnapshot) -> None:
    """Packs AccountSnapshot."""
    expect_class(value, AccountSnapshot)
    pack_uint64(packer, value.request_id, "AccountSnapshot.request_id")
    pack_uint64(packer, value.apex, "AccountSnapshot.apex")
    pack_optional(packer, value.account, pack_account_entry)
    pack_array(packer, value.orders, pack_order_entry, MAX_OPEN_ORDERS, "AccountSnapshot.orders")
    pack_array(packer, value.armed, pack_armed_entry, MAX_OPEN_ORDERS, "AccountSnapshot.armed")
    pack_array(packer, value.withdrawals, pack_withdrawal_entry, MAX_ACCOUNT_WITHDRAWALS, "AccountSnapshot.withdrawals")
    pack_array(packer, value.holds, pack_hold_entry, MAX_ACCOUNT_HOLDS, "AccountSnapshot.holds")


def unpack_account_snapshot(unpacker: Unpacker) -> AccountSnapshot:
    """Unpacks AccountSnapshot."""
    return AccountSnapshot(
        request_id=unpack_uint64(unpacker, "AccountSnapshot.request_id"),
        apex=unpack_uint64(unpacker, "AccountSnapshot.apex"),
        account=unpack_optional(unpacker, unpack_account_entry, "AccountSnapshot.account"),
        orders=unpack_array(unpacker, unpack_order_entry, 76, MAX_OPEN_ORDERS, "AccountSnapshot.orders"),
        armed=unpack_array(unpacker, unpack_armed_entry, 68, MAX_OPEN_ORDERS, "AccountSnapshot.armed"),
        withdrawals=unpack_array(
            unpacker, unpack_withdrawal_entry, 104, MAX_ACCOUNT_WITHDRAWALS, "AccountSnapshot.withdrawals"
        ),
        holds=unpack_array(unpacker, unpack_hold_entry, 92, MAX_ACCOUNT_HOLDS, "AccountSnapshot.holds"),
    )


def pack_book_level(packer: Packer, value: BookLevel) -> None:
    """Packs BookLevel."""
    expect_class(value, BookLevel)
    pack_int64(packer, value.price, "BookLevel.price")
    pack_int64(packer, value.amount, "BookLevel.amount")
    pack_uint32(packer, value.orders, "BookLevel.orders")


def unpack_book_level(unpacker: Unpacker) -> BookLevel:
    """Unpacks BookLevel."""
    return BookLevel(
        price=unpack_int64(unpacker, "BookLevel.price"),
        amount=unpack_int64(unpacker, "BookLevel.amount"),
        orders=unpack_uint32(unpacker, "BookLevel.orders"),
    )


def pack_book_snapshot(packer: Packer, value: BookSnapshot) -> None:
    """Packs BookSnapshot."""
    expect_class(value, BookSnapshot)
    pack_uint64(packer, value.request_id, "BookSnapshot.request_id")
    pack_uint64(packer, value.apex, "BookSnapshot.apex")
    pack_uint32(packer, value.market, "BookSnapshot.market")
    pack_array(packer, value.bids, pack_book_level, MAX_BOOK_LEVELS, "BookSnapshot.bids")
    pack_array(packer, value.asks, pack_book_level, MAX_BOOK_LEVELS, "BookSnapshot.asks")


def unpack_book_snapshot(unpacker: Unpacker) -> BookSnapshot:
    """Unpacks BookSnapshot."""
    return BookSnapshot(
        request_id=unpack_uint64(unpacker, "BookSnapshot.request_id"),
        apex=unpack_uint64(unpacker, "BookSnapshot.apex"),
        market=unpack_uint32(unpacker, "BookSnapshot.market"),
        bids=unpack_array(unpacker, unpack_book_level, 20, MAX_BOOK_LEVELS, "BookSnapshot.bids"),
        asks=unpack_array(unpacker, unpack_book_level, 20, MAX_BOOK_LEVELS, "BookSnapshot.asks"),
    )


def pack_resumed(packer: Packer, value: Resumed) -> None:
    """Packs Resumed."""
    expect_class(value, Resumed)
    pack_uint64(packer, value.request_id, "Resumed.request_id")
    pack_uint64(packer, value.last, "Resumed.last")
    pack_bool(packer, value.more, "Resumed.more")


def unpack_resumed(unpacker: Unpacker) -> Resumed:
    """Unpacks Resumed."""
    return Resumed(
        request_id=unpack_uint64(unpacker, "Resumed.request_id"),
        last=unpack_uint64(unpacker, "Resumed.last"),
        more=unpack_bool(unpacker, "Resumed.more"),
    )


def pack_bucket_pair(packer: Packer, value: BucketPair) -> None:
    """Packs BucketPair."""
    expect_class(value, BucketPair)
    pack_fixed_opaque(packer, value.path, 32, "BucketPair.path")
    pack_fixed_opaque(packer, value.entry, 32, "BucketPair.entry")


def unpack_bucket_pair(unpacker: Unpacker) -> BucketPair:
    """Unpacks BucketPair."""
    return BucketPair(
        path=unpack_fixed_opaque(unpacker, 32, "BucketPair.path"),
        entry=unpack_fixed_opaque(unpacker, 32, "BucketPair.entry"),
    )


def pack_state_proof(packer: Packer, value: StateProof) -> None:
    """Packs StateProof."""
    expect_class(value, StateProof)
    pack_uint64(packer, value.request_id, "StateProof.request_id")
    pack_finality(packer, value.finality)
    pack_optional(packer, value.entry, pack_state_entry)
    pack_array(packer, value.others, pack_bucket_pair, MAX_BUCKET_ENTRIES, "StateProof.others")
    pack_merkle_proof(packer, value.bucket_proof)


def unpack_state_proof(unpacker: Unpacker) -> StateProof:
    """Unpacks StateProof."""
    return StateProof(
        request_id=unpack_uint64(unpacker, "StateProof.request_id"),
        finality=unpack_finality(unpacker),
        entry=unpack_optional(unpacker, unpack_state_entry, "StateProof.entry"),
        others=unpack_array(unpacker, unpack_bucket_pair, 64, MAX_BUCKET_ENTRIES, "StateProof.others"),
        bucket_proof=unpack_merkle_proof(unpacker),
    )


def pack_history_item(packer: Packer, value: HistoryItem) -> None:
    """Packs HistoryItem."""
    expect_class(value, HistoryItem)
    pack_uint64(packer, value.number, "HistoryItem.number")
    pack_uint64(packer, value.apex, "HistoryItem.apex")
    pack_int64(packer, value.timestamp, "HistoryItem.timestamp")
    pack_uint64(packer, value.batch, "HistoryItem.batch")
    pack_effect(packer, value.effect)


def unpack_history_item(unpacker: Unpacker) -> HistoryItem:
    """Unpacks HistoryItem."""
    return HistoryItem(
        number=unpack_uint64(unpacker, "HistoryItem.number"),
        apex=unpack_uint64(unpacker, "HistoryItem.apex"),
        timestamp=unpack_int64(unpacker, "HistoryItem.timestamp"),
        batch=unpack_uint64(unpacker, "HistoryItem.batch"),
        effect=unpack_effect(unpacker),
    )


def pack_history_proof(packer: Packer, value: HistoryProof) -> None:
    """Packs HistoryProof."""
    expect_class(value, HistoryProof)
    pack_signed_header(packer, value.signed_header)
    pack_array(packer, value.events, pack_account_event, MAX_EVENTS_PER_MESSAGE, "HistoryProof.events")
    pack_finality(packer, value.finality)


def unpack_history_proof(unpacker: Unpacker) -> HistoryProof:
    """Unpacks HistoryProof."""
    return HistoryProof(
        signed_header=unpack_signed_header(unpacker),
        events=unpack_array(unpacker, unpack_account_event, 160, MAX_EVENTS_PER_MESSAGE, "HistoryProof.events"),
        finality=unpack_finality(unpacker),
    )


def pack_history_page(packer: Packer, value: HistoryPage) -> None:
    """Packs HistoryPage."""
    expect_class(value, HistoryPage)
    pack_uint64(packer, value.request_id, "HistoryPage.request_id")
    pack_uint64(packer, value.apex, "HistoryPage.apex")
    pack_array(packer, value.items, pack_history_item, MAX_HISTORY_ITEMS, "HistoryPage.items")
    pack_array(packer, value.proofs, pack_history_proof, MAX_HISTORY_PROOFS, "HistoryPage.proofs")
    pack_optional(packer, value.cursor, lambda packer, item: pack_uint64(packer, item, "HistoryPage.cursor"))
    pack_bool(packer, value.more, "HistoryPage.more")


def unpack_history_page(unpacker: Unpacker) -> HistoryPage:
    """Unpacks HistoryPage."""
    return HistoryPage(
        request_id=unpack_uint64(unpacker, "HistoryPage.request_id"),
        apex=unpack_uint64(unpacker, "HistoryPage.apex"),
        items=unpack_array(unpacker, unpack_history_item, 40, MAX_HISTORY_ITEMS, "HistoryPage.items"),
        proofs=unpack_array(unpacker, unpack_history_proof, 300, MAX_HISTORY_PROOFS, "HistoryPage.proofs"),
        cursor=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "HistoryPage.cursor"), "HistoryPage.cursor"
        ),
        more=unpack_bool(unpacker, "HistoryPage.more"),
    )


def pack_order_record(packer: Packer, value: OrderRecord) -> None:
    """Packs OrderRecord."""
    expect_class(value, OrderRecord)
    pack_uint64(packer, value.order, "OrderRecord.order")
    pack_int64(packer, value.placed_at, "OrderRecord.placed_at")
    pack_uint32(packer, value.market, "OrderRecord.market")
    pack_enum(packer, value.side, Side, "OrderRecord.side")
    pack_enum(packer, value.kind, OrderKind, "OrderRecord.kind")
    pack_enum(packer, value.time_in_force, TimeInForce, "OrderRecord.time_in_force")
    pack_int64(packer, value.price, "OrderRecord.price")
    pack_int64(packer, value.amount, "OrderRecord.amount")
    pack_int64(packer, value.budget, "OrderRecord.budget")
    pack_optional(packer, value.trigger, pack_trigger)
    pack_bool(packer, value.armed, "OrderRecord.armed")
    pack_int64(packer, value.filled, "OrderRecord.filled")
    pack_int64(packer, value.filled_quote, "OrderRecord.filled_quote")
    pack_int64(packer, value.reduced, "OrderRecord.reduced")
    pack_int64(packer, value.fee, "OrderRecord.fee")
    pack_string(packer, value.client_order_id, MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id")
    pack_optional(
        packer, value.closed, lambda packer, item: pack_enum(packer, item, OrderCloseReason, "OrderRecord.closed")
    )
    pack_int64(packer, value.updated_at, "OrderRecord.updated_at")


def unpack_order_record(unpacker: Unpacker) -> OrderRecord:
    """Unpacks OrderRecord."""
    return OrderRecord(
        order=unpack_uint64(unpacker, "OrderRecord.order"),
        placed_at=unpack_int64(unpacker, "OrderRecord.placed_at"),
        market=unpack_uint32(unpacker, "OrderRecord.market"),
        side=unpack_enum(unpacker, Side, "OrderRecord.side"),
        kind=unpack_enum(unpacker, OrderKind, "OrderRecord.kind"),
        time_in_force=unpack_enum(unpacker, TimeInForce, "OrderRecord.time_in_force"),
        price=unpack_int64(unpacker, "OrderRecord.price"),
        amount=unpack_int64(unpacker, "OrderRecord.amount"),
        budget=unpack_int64(unpacker, "OrderRecord.budget"),
        trigger=unpack_optional(unpacker, unpack_trigger, "OrderRecord.trigger"),
        armed=unpack_bool(unpacker, "OrderRecord.armed"),
        filled=unpack_int64(unpacker, "OrderRecord.filled"),
        filled_quote=unpack_int64(unpacker, "OrderRecord.filled_quote"),
        reduced=unpack_int64(unpacker, "OrderRecord.reduced"),
        fee=unpack_int64(unpacker, "OrderRecord.fee"),
        client_order_id=unpack_string(unpacker, MAX_CLIENT_ORDER_ID, "OrderRecord.client_order_id"),
        closed=unpack_optional(
            unpacker,
            lambda unpacker: unpack_enum(unpacker, OrderCloseReason, "OrderRecord.closed"),
            "OrderRecord.closed",
        ),
        updated_at=unpack_int64(unpacker, "OrderRecord.updated_at"),
    )


def pack_orders_page(packer: Packer, value: OrdersPage) -> None:
    """Packs OrdersPage."""
    expect_class(value, OrdersPage)
    pack_uint64(packer, value.request_id, "OrdersPage.request_id")
    pack_uint64(packer, value.apex, "OrdersPage.apex")
    pack_array(packer, value.orders, pack_order_record, MAX_HISTORY_ITEMS, "OrdersPage.orders")
    pack_optional(packer, value.cursor, lambda packer, item: pack_uint64(packer, item, "OrdersPage.cursor"))
    pack_bool(packer, value.more, "OrdersPage.more")


def unpack_orders_page(unpacker: Unpacker) -> OrdersPage:
    """Unpacks OrdersPage."""
    return OrdersPage(
        request_id=unpack_uint64(unpacker, "OrdersPage.request_id"),
        apex=unpack_uint64(unpacker, "OrdersPage.apex"),
        orders=unpack_array(unpacker, unpack_order_record, 112, MAX_HISTORY_ITEMS, "OrdersPage.orders"),
        cursor=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "OrdersPage.cursor"), "OrdersPage.cursor"
        ),
        more=unpack_bool(unpacker, "OrdersPage.more"),
    )


def pack_client_message(packer: Packer, value: ClientMessage) -> None:
    """Packs ClientMessage."""
    if type(value) is Hello:
        packer.pack_enum(ClientMessageType.CLIENT_HELLO)
        pack_hello(packer, value)
    elif type(value) is HelloReply:
        packer.pack_enum(ClientMessageType.CLIENT_HELLO_REPLY)
        pack_hello_reply(packer, value)
    elif type(value) is HelloProof:
        packer.pack_enum(ClientMessageType.CLIENT_HELLO_PROOF)
        pack_hello_proof(packer, value)
    elif type(value) is Welcome:
        packer.pack_enum(ClientMessageType.WELCOME)
        pack_welcome(packer, value)
    elif type(value) is Submit:
        packer.pack_enum(ClientMessageType.SUBMIT)
        pack_submit(packer, value)
    elif type(value) is QueryAccount:
        packer.pack_enum(ClientMessageType.QUERY_ACCOUNT)
        pack_query_account(packer, value)
    elif type(value) is QueryBook:
        packer.pack_enum(ClientMessageType.QUERY_BOOK)
        pack_query_book(packer, value)
    elif type(value) is Rejected:
        packer.pack_enum(ClientMessageType.REJECTED)
        pack_rejected(packer, value)
    elif type(value) is Acknowledgement:
        packer.pack_enum(ClientMessageType.ACKNOWLEDGEMENT)
        pack_acknowledgement(packer, value)
    elif type(value) is Finality:
        packer.pack_enum(ClientMessageType.FINALITY)
        pack_finality(packer, value)
    elif type(value) is AccountSnapshot:
        packer.pack_enum(ClientMessageType.ACCOUNT_SNAPSHOT)
        pack_account_snapshot(packer, value)
    elif type(value) is BookSnapshot:
        packer.pack_enum(ClientMessageType.BOOK_SNAPSHOT)
        pack_book_snapshot(packer, value)
    elif type(value) is Closing:
        packer.pack_enum(ClientMessageType.CLIENT_CLOSING)
        pack_closing(packer, value)
    elif type(value) is Resume:
        packer.pack_enum(ClientMessageType.RESUME)
        pack_resume(packer, value)
    elif type(value) is Resumed:
        packer.pack_enum(ClientMessageType.RESUMED)
        pack_resumed(packer, value)
    elif type(value) is QueryProof:
        packer.pack_enum(ClientMessageType.QUERY_PROOF)
        pack_query_proof(packer, value)
    elif type(value) is StateProof:
        packer.pack_enum(ClientMessageType.STATE_PROOF)
        pack_state_proof(packer, value)
    elif type(value) is Propose:
        packer.pack_enum(ClientMessageType.PROPOSE)
        pack_propose(packer, value)
    elif type(value) is QueryProposals:
        packer.pack_enum(ClientMessageType.QUERY_PROPOSALS)
        pack_query_proposals(packer, value)
    elif type(value) is Proposals:
        packer.pack_enum(ClientMessageType.PROPOSALS)
        pack_proposals(packer, value)
    elif type(value) is SubmitBatch:
        packer.pack_enum(ClientMessageType.SUBMIT_BATCH)
        pack_submit_batch(packer, value)
    elif type(value) is QueryHistory:
        packer.pack_enum(ClientMessageType.QUERY_HISTORY)
        pack_query_history(packer, value)
    elif type(value) is HistoryPage:
        packer.pack_enum(ClientMessageType.HISTORY_PAGE)
        pack_history_page(packer, value)
    elif type(value) is QueryOrders:
        packer.pack_enum(ClientMessageType.QUERY_ORDERS)
        pack_query_orders(packer, value)
    elif type(value) is OrdersPage:
        packer.pack_enum(ClientMessageType.ORDERS_PAGE)
        pack_orders_page(packer, value)
    else:
        raise UnencodableMessage("wrong type", "ClientMessage.type")


def unpack_client_message(unpacker: Unpacker) -> ClientMessage:
    """Unpacks ClientMessage."""
    type = unpack_enum(unpacker, ClientMessageType, "ClientMessage.type")
    if type is ClientMessageType.CLIENT_HELLO:
        return unpack_hello(unpacker)
    if type is ClientMessageType.CLIENT_HELLO_REPLY:
        return unpack_hello_reply(unpacker)
    if type is ClientMessageType.CLIENT_HELLO_PROOF:
        return unpack_hello_proof(unpacker)
    if type is ClientMessageType.WELCOME:
        return unpack_welcome(unpacker)
    if type is ClientMessageType.SUBMIT:
        return unpack_submit(unpacker)
    if type is ClientMessageType.QUERY_ACCOUNT:
        return unpack_query_account(unpacker)
    if type is ClientMessageType.QUERY_BOOK:
        return unpack_query_book(unpacker)
    if type is ClientMessageType.REJECTED:
        return unpack_rejected(unpacker)
    if type is ClientMessageType.ACKNOWLEDGEMENT:
        return unpack_acknowledgement(unpacker)
    if type is ClientMessageType.FINALITY:
        return unpack_finality(unpacker)
    if type is ClientMessageType.ACCOUNT_SNAPSHOT:
        return unpack_account_snapshot(unpacker)
    if type is ClientMessageType.BOOK_SNAPSHOT:
        return unpack_book_snapshot(unpacker)
    if type is ClientMessageType.CLIENT_CLOSING:
        return unpack_closing(unpacker)
    if type is ClientMessageType.RESUME:
        return unpack_resume(unpacker)
    if type is ClientMessageType.RESUMED:
        return unpack_resumed(unpacker)
    if type is ClientMessageType.QUERY_PROOF:
        return unpack_query_proof(unpacker)
    if type is ClientMessageType.STATE_PROOF:
        return unpack_state_proof(unpacker)
    if type is ClientMessageType.PROPOSE:
        return unpack_propose(unpacker)
    if type is ClientMessageType.QUERY_PROPOSALS:
        return unpack_query_proposals(unpacker)
    if type is ClientMessageType.PROPOSALS:
        return unpack_proposals(unpacker)
    if type is ClientMessageType.SUBMIT_BATCH:
        return unpack_submit_batch(unpacker)
    if type is ClientMessageType.QUERY_HISTORY:
        return unpack_query_history(unpacker)
    if type is ClientMessageType.HISTORY_PAGE:
        return unpack_history_page(unpacker)
    if type is ClientMessageType.QUERY_ORDERS:
        return unpack_query_orders(unpacker)
    if type is ClientMessageType.ORDERS_PAGE:
        return unpack_orders_page(unpacker)
    raise MalformedMessage("unknown union arm", "ClientMessage.type")
