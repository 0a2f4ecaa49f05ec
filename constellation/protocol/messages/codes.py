"""Messages of codes.x.

Generated from xdr/codes.x by tools/xdr_generator.py; do not edit.

Stable codes: what a refused message, request, batch or connection was refused for. Never renumber.
"""

from enum import IntEnum
from typing import Final


class Code(IntEnum):
    """The enum Code of codes.x.

    XDR::

        enum Code {
            // 1xx: the message or the session
            MALFORMED = 100,
            TOO_LARGE = 101,
            UNSUPPORTED_VERSION = 102,
            WRONG_CONSTELLATION = 103,
            UNEXPECTED_MESSAGE = 104,
            BAD_SIGNATURE = 105,
            UNAUTHORIZED = 106,
            TIMED_OUT = 107,
            SLOW_READER = 108,
            REPLACED = 109,

            // 2xx: the request
            EXPIRED = 200,
            VALIDITY_TOO_LONG = 201,
            NONCE_TOO_LOW = 202,
            NONCE_CONFLICT = 203,
            UNKNOWN_ACCOUNT = 204,
            FOREIGN_ACCOUNT = 205,
            INVALID_NONCE = 206,
            AHEAD = 207,
            PRUNED = 208,
            ACCOUNT_CLOSED = 209,
            EMPTY_BATCH = 210,
            NOT_IN_BATCH = 211,               // an operation that must be a request of its own
            INVALID_QUERY = 212,              // a question about the past that makes no sense: its limit, cursor or range
            NO_HISTORY = 213,                 // this constellation's alpha has no chronicler to ask

            // 3xx: money
            INVALID_AMOUNT = 300,
            UNKNOWN_ASSET = 301,
            INSUFFICIENT_FUNDS = 302,
            BELOW_MINIMUM_BALANCE = 303,
            SELF_PAYMENT = 304,
            AMOUNT_OVERFLOW = 305,
            UNKNOWN_DESTINATION = 306,
            SUSPENDED_ASSET = 307,
            ROUTING_ID_TAKEN = 308,
            INVALID_ROUTING_ID = 309,
            ACCOUNT_NOT_EMPTY = 310,

            // 4xx: orders
            UNKNOWN_MARKET = 400,
            MARKET_NOT_OPEN = 401,
            INVALID_PRICE = 402,
            OFF_TICK = 403,
            OFF_LOT = 404,
            BELOW_MINIMUM_NOTIONAL = 405,
            TOO_MANY_OPEN_ORDERS = 406,
            ORDER_NOT_FOUND = 407,
            WOULD_TAKE = 408,                 // a post-only order that would be filled at once
            WOULD_NOT_FILL = 409,             // a fill-or-kill order that cannot be filled whole at once
            DUPLICATE_CLIENT_ORDER_ID = 410,  // the account has an open order with it
            INVALID_CLIENT_ORDER_ID = 411,
            CONTRADICTORY_ORDER = 412,        // post-only, and to be filled at once

            // 5xx: withdrawals
            FORBIDDEN_DESTINATION = 500,
            TOO_MANY_WITHDRAWALS = 501,
            INVALID_MEMO = 502,
            DESTINATION_NOT_FOUND = 503,      // on the ledger, and the request does not say to create it
            DESTINATION_EXISTS = 504,         // on the ledger, and the request says to create it
            DESTINATION_NO_TRUST = 505,              // the destination does not hold the asset
            DESTINATION_LINE_FULL = 506,
            DESTINATION_NOT_AUTHORIZED = 507,
            MEMO_REQUIRED = 508,              // SEP-29
            BELOW_LEDGER_RESERVE = 509,       // too little to create an account
            LEDGER_UNAVAILABLE = 510,         // the destination cannot be checked now

            // 6xx: the service
            RATE_LIMITED = 600,
            NOT_READY = 601,
            NO_QUORUM = 602,
            OVERLOADED = 603,
            SHUTTING_DOWN = 604,
            TOO_MANY_CONNECTIONS = 605,
            HALTED = 606,
            MOVED = 607,
            STORAGE = 608,

            // 7xx: between members
            BROKEN_CHAIN = 700,
            WRONG_EPOCH = 701,
            QUANTA_ROOT_MISMATCH = 702,
            STATE_ROOT_MISMATCH = 703,
            INVALID_QUANTUM = 704,
            CLOCK_SKEW = 705,
            EQUIVOCATION = 706,
            LEDGER_CONTRADICTION = 707,
            NOT_ENOUGH_SIGNATURES = 708,
            BROKEN_PROMISE = 709,

            // 8xx: decisions of the auditors
            INVALID_PROPOSAL = 800,
            STALE_PROPOSAL = 801,
            TOO_MANY_PROPOSALS = 802
        };
    """

    MALFORMED = 100
    TOO_LARGE = 101
    UNSUPPORTED_VERSION = 102
    WRONG_CONSTELLATION = 103
    UNEXPECTED_MESSAGE = 104
    BAD_SIGNATURE = 105
    UNAUTHORIZED = 106
    TIMED_OUT = 107
    SLOW_READER = 108
    REPLACED = 109
    EXPIRED = 200
    VALIDITY_TOO_LONG = 201
    NONCE_TOO_LOW = 202
    NONCE_CONFLICT = 203
    UNKNOWN_ACCOUNT = 204
    FOREIGN_ACCOUNT = 205
    INVALID_NONCE = 206
    AHEAD = 207
    PRUNED = 208
    ACCOUNT_CLOSED = 209
    EMPTY_BATCH = 210
    NOT_IN_BATCH = 211
    INVALID_QUERY = 212
    NO_HISTORY = 213
    INVALID_AMOUNT = 300
    UNKNOWN_ASSET = 301
    INSUFFICIENT_FUNDS = 302
    BELOW_MINIMUM_BALANCE = 303
    SELF_PAYMENT = 304
    AMOUNT_OVERFLOW = 305
    UNKNOWN_DESTINATION = 306
    SUSPENDED_ASSET = 307
    ROUTING_ID_TAKEN = 308
    INVALID_ROUTING_ID = 309
    ACCOUNT_NOT_EMPTY = 310
    UNKNOWN_MARKET = 400
    MARKET_NOT_OPEN = 401
    INVALID_PRICE = 402
    OFF_TICK = 403
    OFF_LOT = 404
    BELOW_MINIMUM_NOTIONAL = 405
    TOO_MANY_OPEN_ORDERS = 406
    ORDER_NOT_FOUND = 407
    WOULD_TAKE = 408
    WOULD_NOT_FILL = 409
    DUPLICATE_CLIENT_ORDER_ID = 410
    INVALID_CLIENT_ORDER_ID = 411
    CONTRADICTORY_ORDER = 412
    FORBIDDEN_DESTINATION = 500
    TOO_MANY_WITHDRAWALS = 501
    INVALID_MEMO = 502
    DESTINATION_NOT_FOUND = 503
    DESTINATION_EXISTS = 504
    DESTINATION_NO_TRUST = 505
    DESTINATION_LINE_FULL = 506
    DESTINATION_NOT_AUTHORIZED = 507
    MEMO_REQUIRED = 508
    BELOW_LEDGER_RESERVE = 509
    LEDGER_UNAVAILABLE = 510
    RATE_LIMITED = 600
    NOT_READY = 601
    NO_QUORUM = 602
    OVERLOADED = 603
    SHUTTING_DOWN = 604
    TOO_MANY_CONNECTIONS = 605
    HALTED = 606
    MOVED = 607
    STORAGE = 608
    BROKEN_CHAIN = 700
    WRONG_EPOCH = 701
    QUANTA_ROOT_MISMATCH = 702
    STATE_ROOT_MISMATCH = 703
    INVALID_QUANTUM = 704
    CLOCK_SKEW = 705
    EQUIVOCATION = 706
    LEDGER_CONTRADICTION = 707
    NOT_ENOUGH_SIGNATURES = 708
    BROKEN_PROMISE = 709
    INVALID_PROPOSAL = 800
    STALE_PROPOSAL = 801
    TOO_MANY_PROPOSALS = 802


_CODE_MEMBERS: Final[dict[int, Code]] = {member.value: member for member in Code}
