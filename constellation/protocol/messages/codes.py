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
            MALFORMED = 100,                  // bytes that are no such message, or hold a value out of its range
            TOO_LARGE = 101,                  // longer than a message may be
            UNSUPPORTED_VERSION = 102,        // another version of this protocol
            WRONG_CONSTELLATION = 103,        // signed for another constellation or network
            UNEXPECTED_MESSAGE = 104,         // a message that has no place here, or not yet
            BAD_SIGNATURE = 105,              // does not fit the key and what was signed
            UNAUTHORIZED = 106,               // this key may not do that
            TIMED_OUT = 107,                  // too slow with what was due: a message, the handshake, a sign of life
            SLOW_READER = 108,                // does not read what is sent
            REPLACED = 109,                   // the same account has connected again
            NOT_ADMITTED = 110,               // alpha's operator does not serve this key, or not in this

            // 2xx: the request
            EXPIRED = 200,                    // valid_until had passed before the request was ordered
            VALIDITY_TOO_LONG = 201,          // valid_until is further ahead than the settings allow
            NONCE_TOO_LOW = 202,              // not above the last nonce of the account
            NONCE_CONFLICT = 203,             // another request with this nonce was ordered: its answer stands
            UNKNOWN_ACCOUNT = 204,            // has no account: a deposit of lumens opens one
            FOREIGN_ACCOUNT = 205,            // the request is for another account than the connection's
            INVALID_NONCE = 206,              // below 1, or of a named signer and ahead of the time
            AHEAD = 207,                      // asks for what comes after a number that has not been given yet
            PRUNED = 208,                     // so old that it is no longer kept here
            ACCOUNT_CLOSED = 209,             // below the minimum balance: only cancels, withdrawals, closing and changes of keys are left
            EMPTY_BATCH = 210,                // a request batch without operations
            NOT_IN_BATCH = 211,               // an operation that must be a request of its own
            INVALID_QUERY = 212,              // a question about the past that makes no sense: its limit, cursor or range
            NO_HISTORY = 213,                 // this constellation's alpha has no chronicler to ask
            UNKNOWN_SIGNER = 214,             // neither the account's owner nor an agent of it
            AGENT_EXPIRED = 215,              // the agent that signed it can do nothing any more
            NO_RIGHT = 216,                   // the agent's rights do not cover the operation
            OWNER_ONLY = 217,                 // no agent can do it, whatever its rights
            TOO_MANY_AGENTS = 218,            // the account has as many that have not expired as it may
            AGENT_NOT_FOUND = 219,            // the account has no such agent to dismiss
            INVALID_AGENT = 220,              // the owner's own key, which needs no appointment
            INVALID_RIGHTS = 221,             // none, or one that does not exist
            INVALID_AGENT_EXPIRY = 222,       // it has passed already
            INVALID_KEY = 223,                // a rotation to the key that is the owner's already
            ACCOUNT_LOCKED = 224,             // the owner has locked what the request asks for
            TIME_LOCKED = 225,                // a lock that can only be extended before its end
            INVALID_LOCK = 226,               // an unknown bit, or an end that has passed, is too far away or ends nothing
            INVALID_SUB_ACCOUNT = 227,        // a number that no sub-account can have
            SUB_ACCOUNT_OPEN = 228,           // the account has an open sub-account with this number
            IS_SUB_ACCOUNT = 229,             // only its parent can ask for that
            NO_SUB_ACCOUNT = 230,             // the account has no open sub-account with this number

            // 3xx: money
            INVALID_AMOUNT = 300,             // not positive, or more than an amount can be
            UNKNOWN_ASSET = 301,              // not listed
            INSUFFICIENT_FUNDS = 302,         // more than is available: the balance less what is locked
            BELOW_MINIMUM_BALANCE = 303,      // would break into the minimum balance of lumens
            SELF_PAYMENT = 304,               // from an account to itself
            AMOUNT_OVERFLOW = 305,            // amount times price is more than an amount can be
            UNKNOWN_DESTINATION = 306,        // no open account, and the payment does not open one
            SUSPENDED_ASSET = 307,            // nothing moves in this asset until the auditors resume it
            ROUTING_ID_TAKEN = 308,           // the number is another account's, or the account has one
            INVALID_ROUTING_ID = 309,         // routing ids start at 1
            ACCOUNT_NOT_EMPTY = 310,          // closing needs everything else withdrawn, and no open orders and holds; nor does merging go with these
            HOLD_NOT_FOUND = 311,             // closed, never opened, or for another account
            TOO_MANY_HOLDS = 312,             // the account has as many open ones as it may
            INVALID_PATH = 313,               // the markets do not lead from the one asset to another one
            PATH_OUT_OF_LIMIT = 314,          // the path would cost more, or bring less, than its limit

            // 4xx: orders
            UNKNOWN_MARKET = 400,             // not listed
            MARKET_NOT_OPEN = 401,            // the market's status does not allow such an order
            INVALID_PRICE = 402,              // not positive
            OFF_TICK = 403,                   // no multiple of the market's tick
            OFF_LOT = 404,                    // no multiple of the market's lot
            BELOW_MINIMUM_NOTIONAL = 405,     // worth less than the market's minimum
            TOO_MANY_OPEN_ORDERS = 406,       // the account has as many as the settings allow
            ORDER_NOT_FOUND = 407,            // filled, cancelled, never placed, or another account's
            WOULD_TAKE = 408,                 // a post-only order that would be filled at once
            WOULD_NOT_FILL = 409,             // a fill-or-kill order that cannot be filled whole, or a market order or a path that meets too little
            DUPLICATE_CLIENT_ORDER_ID = 410,  // the account has an open order with it
            INVALID_CLIENT_ORDER_ID = 411,    // other than visible ASCII characters
            CONTRADICTORY_ORDER = 412,        // what it says does not go together, such as post-only and to be filled at once
            PRICE_OUT_OF_BAND = 413,          // further beyond the last trade than the market's price band lets orders go
            ORDER_CHANGED = 414,              // another amount of the order remains than the replacement names
            INVALID_EXPIRY = 415,             // expires_at, of an order or a hold, is not ahead of sequenced time
            WOULD_TRIGGER = 416,              // the market's last price is beyond the trigger already

            // 5xx: withdrawals
            FORBIDDEN_DESTINATION = 500,      // the vault, a channel, or one that cannot be created so
            TOO_MANY_WITHDRAWALS = 501,       // the account has as many on their way as the settings allow
            INVALID_MEMO = 502,               // an empty text, or a memo beside a muxed address; of a payment, control characters
            DESTINATION_NOT_FOUND = 503,      // on the ledger, and the request does not say to create it
            DESTINATION_EXISTS = 504,         // on the ledger, and the request says to create it
            DESTINATION_NO_TRUST = 505,       // the destination does not hold the asset
            DESTINATION_LINE_FULL = 506,      // the destination's trust line has no room for so much
            DESTINATION_NOT_AUTHORIZED = 507, // the issuer does not let the destination receive the asset
            MEMO_REQUIRED = 508,              // SEP-29
            BELOW_LEDGER_RESERVE = 509,       // too little to create an account
            LEDGER_UNAVAILABLE = 510,         // the destination cannot be checked now

            // 6xx: the service
            RATE_LIMITED = 600,               // more than this account or address may; try again in a moment
            NOT_READY = 601,                  // starting, or catching up
            NO_QUORUM = 602,                  // too few auditors have signed lately: nothing new is promised
            OVERLOADED = 603,                 // more work waits than can be promised; try again soon
            SHUTTING_DOWN = 604,              // ends, and comes back
            TOO_MANY_CONNECTIONS = 605,       // from this address, or in all
            HALTED = 606,                     // a fault, or a contradiction: an operator must look
            MOVED = 607,                      // another alpha is in charge since a later term
            STORAGE = 608,                    // the disk failed
            IN_MAINTENANCE = 609,             // alpha takes no requests until its operator ends the maintenance

            // 7xx: between members
            BROKEN_CHAIN = 700,               // a header that does not follow the one before
            WRONG_EPOCH = 701,                // an epoch that is not, or no longer, in force
            QUANTA_ROOT_MISMATCH = 702,       // other quanta or effects than the header claims
            STATE_ROOT_MISMATCH = 703,        // another state than the header claims
            INVALID_QUANTUM = 704,            // a quantum that must be refused
            CLOCK_SKEW = 705,                 // timestamps too far from this node's clock
            EQUIVOCATION = 706,               // two headers for one place, both signed
            LEDGER_CONTRADICTION = 707,       // the ledger does not say what a report says
            NOT_ENOUGH_SIGNATURES = 708,      // fewer than the quorum, or not from its members
            BROKEN_PROMISE = 709,             // a promise that does not hold
            TIME_IS_DUE = 710,                // a request before that which fell due by its time
            NOT_DUE = 711,                    // a time commit for what is not due, or not due first
            UNKNOWN_RULES = 712,              // settings by which the core would follow rules that this version does not know
            SAME_MODE = 713,                  // a mode with the reason that is in force already

            // 8xx: decisions of the auditors
            INVALID_PROPOSAL = 800,           // a decision that cannot be carried out
            STALE_PROPOSAL = 801,             // decided already, or overtaken by another decision
            TOO_MANY_PROPOSALS = 802          // as many are open as may be
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
    NOT_ADMITTED = 110
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
    UNKNOWN_SIGNER = 214
    AGENT_EXPIRED = 215
    NO_RIGHT = 216
    OWNER_ONLY = 217
    TOO_MANY_AGENTS = 218
    AGENT_NOT_FOUND = 219
    INVALID_AGENT = 220
    INVALID_RIGHTS = 221
    INVALID_AGENT_EXPIRY = 222
    INVALID_KEY = 223
    ACCOUNT_LOCKED = 224
    TIME_LOCKED = 225
    INVALID_LOCK = 226
    INVALID_SUB_ACCOUNT = 227
    SUB_ACCOUNT_OPEN = 228
    IS_SUB_ACCOUNT = 229
    NO_SUB_ACCOUNT = 230
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
    HOLD_NOT_FOUND = 311
    TOO_MANY_HOLDS = 312
    INVALID_PATH = 313
    PATH_OUT_OF_LIMIT = 314
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
    PRICE_OUT_OF_BAND = 413
    ORDER_CHANGED = 414
    INVALID_EXPIRY = 415
    WOULD_TRIGGER = 416
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
    IN_MAINTENANCE = 609
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
    TIME_IS_DUE = 710
    NOT_DUE = 711
    UNKNOWN_RULES = 712
    SAME_MODE = 713
    INVALID_PROPOSAL = 800
    STALE_PROPOSAL = 801
    TOO_MANY_PROPOSALS = 802


_CODE_MEMBERS: Final[dict[int, Code]] = {member.value: member for member in Code}
