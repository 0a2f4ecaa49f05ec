"""Every bound and every constant of the sandbox ledger, with its reason."""

STROOPS_PER_LUMEN = 10_000_000
INT64_MAX = 2**63 - 1
UINT32_MAX = 2**32 - 1

TOTAL_COINS_STROOPS = 100_000_000_000 * STROOPS_PER_LUMEN
"""All lumens there are, owned by the root account in ledger 1. The network has no inflation."""

FRIENDBOT_STARTING_BALANCE_STROOPS = 10_000 * STROOPS_PER_LUMEN
FRIENDBOT_WAITING_MAX = 1_000
"""Accounts waiting for friendbot: ten ledgers' worth."""

OPERATIONS_PER_TRANSACTION_MAX = 100
SIGNERS_MAX = 20
SUBENTRIES_MAX = 1_000
WEIGHT_MAX = 255
PREDICATE_DEPTH_MAX = 4
FEE_BUMP_REPLACEMENT_FACTOR = 10
"""A fee bump takes a pending transaction's place only for ten times its fee rate, as in stellar-core."""

QUEUE_LEDGERS_MAX = 4
"""The queue holds the operations of four full ledgers, and each transaction for four ledgers, as stellar-core does."""

BAN_LEDGERS = 10
"""What the queue gave up it does not take again for ten ledgers, as stellar-core does."""

HISTORY_LEDGERS_MAX = 100_000
"""Closed ledgers kept in memory: a bit more than a day at one ledger a second."""

STATES_MAX = 10_000
"""Ledgers whose state can still be shown; a server that lags by more shows the oldest of them."""

FEE_STATS_LEDGERS = 5
"""Horizon computes its fee statistics over the last five ledgers."""

ENVELOPE_BASE64_MAX = 100_000
"""A hundred operations and forty signatures stay below 50 kB; anything longer is not a transaction."""

REQUEST_BODY_MAX = 3 * ENVELOPE_BASE64_MAX
"""Form encoding turns one character into at most three."""

PAGE_RECORDS_DEFAULT = 10
PAGE_RECORDS_MAX = 200

STREAMS_MAX = 500
"""Open event streams; each holds one connection and one task."""

STREAM_SECONDS_MAX = 55
"""Horizon's connection timeout: it says "byebye" and the client comes back."""

SUBMISSIONS_WAITING_MAX = 5_000
"""Clients waiting for their transaction to be included."""

SUBMISSION_SECONDS_MAX = 30
"""Horizon's patience with a submission before it answers 504."""

SIGNATURE_CACHE_SIZE = 20_000
"""Each signature is verified at admission, before inclusion and at application: the cache makes it one."""

FAULT_RULES_MAX = 100
"""Fault rules of one server; those that have done their work make room for new ones."""

FAULT_TIMES_MAX = 1_000_000
"""How often a rule can strike, and how many requests it can let pass before."""

FAULT_DELAY_SECONDS_MAX = 120

CONVERSIONS_MAX = 1_000
"""Configured rates for path payments."""
