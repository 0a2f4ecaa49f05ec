"""Every bound of the system in one place, each with its reason.

Bounds that the wire format itself declares (list lengths, text lengths) are in ``xdr/*.x``; bounds that members must
agree on (fills per quantum, open orders) are in the constellation's settings. What is here binds one process.
"""

from typing import Final

UINT64_MAX: Final = 2**64 - 1
"""The largest memo id, muxed id and routing id: Stellar's own."""

UINT32_MAX: Final = 2**32 - 1
"""The largest fee of a transaction, and number of a ledger: Stellar's own."""

INT64_MAX: Final = 2**63 - 1
"""The largest amount: Stellar's own."""

APEX_MAX: Final = 2**52 - 1
"""The last quantum that there can be: 7,000 years of 20,000 a second.

Times the 4096 effects that an account can have in one quantum, the numbers of its effects still fit the wire.
"""

LEDGER_OPERATIONS_MAX: Final = 100
"""In one transaction of the ledger: Stellar's own."""

CLIENT_FRAME_MAX_BYTES: Final = 16 * 1024
"""From a client. The largest request is below 400 bytes, the largest batch below 15 KiB: 100 payments on a path."""

PROPOSAL_FRAME_MAX_BYTES: Final = 80 * 1024
"""From an auditor's operator, who has proven the auditor's key: the largest settings are below 70 KiB."""

CLIENT_REPLY_MAX_BYTES: Final = 4 * 1024 * 1024
"""To a client. An account snapshot with 10,000 open orders is about 1 MiB."""

CLUSTER_FRAME_MAX_BYTES: Final = 8 * 1024 * 1024
"""Between members. A full batch is below 1 MiB; the rest is room for growth."""

STRANGERS_MAX: Final = 128
"""Connections to the cluster port that have not proven who they are; each ends within the handshake's deadlines."""

STRANGER_STAY_S: Final = 30.0
"""For TLS, the opening of the WebSocket and the handshake on it together, each of which has its own deadline."""

STRANGERS_PER_ADDRESS_MAX: Final = 32
"""Of them, from one network address: room for all 19 auditors behind one proxy, and for others beside a flood."""

STRANGER_FRAME_MAX_BYTES: Final = 256 * 1024
"""What is read of them in one piece: the words that an auditor may send right after its proof are below 100 KiB."""

HELLO_MAX_BYTES: Final = 1024
"""What is decoded of them: a hello and a proof are below 150 bytes."""

BATCH_MAX_QUANTA: Final = 1000
"""Quanta in a batch, as ``quanta.x`` declares: bounds the proof length and the work per commit.

Those of a request batch, 100 at most, are in one batch: it is sealed earlier where they have no room.
"""

HANDSHAKE_TIMEOUT_S: Final = 10.0
"""For a whole handshake: a peer that is slower is gone or hostile."""

PING_INTERVAL_S: Final = 10.0
PING_TIMEOUT_S: Final = 20.0
"""A half-open connection is noticed within their sum."""

CLOSE_TIMEOUT_S: Final = 3.0
"""For the closing handshake of a WebSocket, so that a shutdown is quick."""

CONNECTIONS_MAX: Final = 4096
"""Client connections of one gateway; file descriptors are finite."""

CONNECTIONS_PER_ADDRESS_MAX: Final = 256
"""Client connections from one network address: a flood from one place leaves room for others."""

CONNECTIONS_PER_ACCOUNT_MAX: Final = 8
"""Client connections of one account: each is told all that happens to it."""

CLIENT_STRANGERS_MAX: Final = 256
CLIENT_STRANGERS_PER_ADDRESS_MAX: Final = 64
"""Connections to the clients' port that have not proven an account."""

CONNECTS_PER_SECOND: Final = 20
CONNECTS_BURST: Final = CONNECTIONS_PER_ADDRESS_MAX
"""New connections of clients from one network address; each costs about two milliseconds until it is proven."""

MEMBER_CONNECTS_BURST: Final = 64
HTTP_CONNECTS_BURST: Final = 40
"""The same of auditors and of those who ask over HTTP, at once; in the long run, as of clients."""

MESSAGE_TIMEOUT_S: Final = 10.0
"""From the first byte of a client's message to its last."""

MEMBER_MESSAGE_TIMEOUT_S: Final = 60.0
"""The same between members, whose messages are up to 8 MiB."""

MEMBER_FRAMES_PER_SECOND: Final = 5_000
MEMBER_FRAMES_BURST: Final = 5_000
"""What alpha reads of one auditor: more than it can replay while it fetches what it lacks."""

HTTP_CONNECTIONS_MAX: Final = 64
HTTP_CONNECTIONS_PER_ADDRESS_MAX: Final = 16
"""Connections to a node's HTTP port, each for one question."""

HTTP_STAY_S: Final = 10.0
"""For one question there; the answers are below a mebibyte."""

JSON_NUMBER_MAX: Final = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly."""

TRADE_PLACE_MAX: Final = 2**31 - 1
"""Of a fill in its quantum, as the chronicle can store it; a quantum has at most 1,000 fills."""

TRADES_PAGE_MAX: Final = 1_000
CANDLES_PAGE_MAX: Final = 1_000
"""In one answer of the market data's HTTP, each below 300 KiB."""

BOOK_DEPTH_MAX: Final = 1_000
"""Levels of each side there: below 300 KiB, too."""

MARKET_READ_THREADS: Final = 2
MARKET_READS_WAITING_MAX: Final = 64
"""Questions over HTTP that are being answered by the chronicle, and those that wait too: some hundred milliseconds of
work. Past it, 503."""

MARKET_QUESTIONS_PER_SECOND: Final = 20
MARKET_QUESTIONS_BURST: Final = 100
"""Over HTTP from one network address, in the long run and at once; each is up to some milliseconds of work."""

GROUPED_BOOKS_KEPT_MAX: Final = 64
"""Books in steps that are good for a second, at most 20 MB: to put 100,000 levels into steps takes 0.1 s."""

RESERVE_DOCUMENT_MAX_BYTES: Final = 1024 * 1024
"""The operator's proof of reserves: settings of at most 70 KiB and three Merkle paths, in base64."""

CLIENT_QUEUE_MAX_MESSAGES: Final = 4096
"""Messages waiting for one slow reader; past it the connection is closed and the client resumes."""

CLIENT_QUEUES_MAX_BYTES: Final = 256 * 1024 * 1024
CLIENT_QUEUE_SHARE_BYTES: Final = 64 * 1024
"""Waiting for all slow readers together; past it, those that have more than such a share waiting are closed."""

CLUSTER_QUEUE_MAX_MESSAGES: Final = 1024
"""Messages waiting for one auditor; past it the connection is closed and the auditor catches up."""

STORING_BATCHES_MAX: Final = 32
"""Replayed batches waiting for an auditor's disk; past it the auditor does not read what alpha sends."""

SEALED_BATCHES_MAX: Final = 16
"""Full batches waiting for the disk; past it alpha answers OVERLOADED."""

CLAIMS_MAX: Final = 1_000
"""Claimable balances that the vault wants to claim: anybody can make them, and take them back before it can."""

HOLDS_MAX: Final = 100
"""Open holds that an account has opened."""

TRIGGERED_MAX: Final = 8
"""Triggered orders that one quantum executes; the others come in time commits, before anything else."""

TIME_COMMITS_AHEAD_MAX: Final = 4
"""Executed at a stretch before a request; where more falls due, alpha answers OVERLOADED, and goes on in between."""

KNOWN_CERTIFICATES_MAX: Final = 64
"""In which alpha looks, when it starts, for what each auditor has signed last; below 0.1 s with the largest batches."""

UNFINAL_QUANTA_MAX: Final = 20_000
UNFINAL_AGE_MAX_US: Final = 5_000_000
"""Acknowledged and not final: past either, alpha answers NO_QUORUM instead of piling up promises."""

LEDGER_CHECKS_MAX: Final = 256
"""Withdrawals whose destination is being checked on the ledger, each for some seconds at most; past it, OVERLOADED."""

LEDGER_CHECKS_AHEAD_MAX: Final = 128
LEDGER_CHECKS_PER_ACCOUNT_MAX: Final = 16
"""Past either, a withdrawal is not checked before its turn comes: what is ahead must not keep others out."""

LEDGER_QUEUE_PER_ACCOUNT_MAX: Final = 256
"""Requests of one account that wait behind such a check; past it, OVERLOADED."""

FORWARDED_MAX: Final = 4096
FORWARDED_PER_ACCOUNT_MAX: Final = 16
"""Requests that one auditor keeps for alpha, and of them of one account: 256 accounts, each with its minimum balance,
are needed to keep others out, for as long as their requests are valid."""

FORWARD_AGAIN_US: Final = 5_000_000
"""After that an auditor tells alpha again of a request that is not ordered."""

FORWARDED_TOGETHER_MAX: Final = 16
FORWARD_PAUSE_S: Final = 0.1
"""So many at once and then a pause: below what alpha takes of one account by default, and votes do not wait behind."""

HANDED_MAX_BYTES: Final = 1024
HANDED_TIMEOUT_S: Final = 5.0
"""A request that is handed to an auditor: the largest is below 400 bytes. It must be there within that time."""

HANDED_PER_SECOND: Final = 5
HANDED_BURST: Final = 20
"""Requests that an auditor looks at from one network address, in the long run and at once; each costs a signature."""

ANSWERS_MAX: Final = 200_000
"""Remembered answers to requests that have not expired yet."""

FINALITY_KEPT_MAX: Final = 1024
"""Certificates that the gateway still has for clients that resume, while the disk is slow to store them; below 2 MB."""

CLOCK_SKEW_MAX_US: Final = 10_000_000
"""How far a live batch's time may be from an auditor's own clock."""

EPOCH_JUMP_MAX: Final = 1_000_000
"""How far an auditor's promise may raise alpha's epoch: a lying auditor cannot use up a term's epochs at once."""

REPLACEMENT_MAX_QUANTA: Final = 100_000
REPLACEMENT_MAX_BYTES: Final = 128 * 1024 * 1024
"""What an auditor holds in memory before it drops a tail of its own for it: five times what alpha may leave unfinal.

Encoded, a full batch is below 1 MiB, so 100,000 quanta are below 100 MiB.
"""

STATE_BUCKETS_LOG2: Final = 14
"""Buckets of the state tree: with 4 million entries a change re-hashes about 250 siblings and 14 levels."""

STATE_UNFOLDED_MAX: Final = 256
"""Changed entries that alpha leaves for the state root: what a checkpoint adds to one batch stays below 10 ms.

The more wait, the more of them change again meanwhile, or are orders that are gone, and need be hashed once or never.
"""

STATE_FOLD_MAX: Final = 128
"""Changed entries that alpha takes into the state tree after one quantum: between one and two milliseconds."""

ARCHIVE_RECORD_MAX_BYTES: Final = CLUSTER_FRAME_MAX_BYTES
"""A record of an archive: its largest content is a batch, which has reached the auditors in one message."""

EVENT_PAGE_MAX_EVENTS: Final = 64
EVENT_PAGE_MAX_QUANTA: Final = 4000
"""What one answer to a client that resumes shows, and what is read for it, beside the rest of the last batch."""

READS_PER_SESSION_MAX: Final = 8
"""Questions of one connection that wait for the log; past it, OVERLOADED."""

SNAPSHOT_CHUNK_MAX_BYTES: Final = 256 * 1024
"""Entries in one message of a snapshot: enough to fill a socket, little enough to handle between two batches."""

SNAPSHOT_BUCKET_MAX_ENTRIES: Final = 2**17
SNAPSHOT_BUCKET_MAX_BYTES: Final = 64 * 1024 * 1024
"""What a receiver holds of a snapshot without proof: one bucket. An honest state has hundreds of entries in each."""

SNAPSHOT_COPY_TIMEOUT_S: Final = 300.0
"""How long a snapshot may be read: meanwhile the database keeps every changed page twice."""

SNAPSHOT_TRANSFERS_MAX: Final = 2
"""Snapshots on their way at once; others wait for their turn."""

SNAPSHOT_BATCHES_BEHIND: Final = 100_000
"""An auditor that is further behind gets a snapshot even where all batches are still there."""

WORKERS_MAX: Final = 64
"""Gateway workers of one alpha: more than the sequencer can feed on."""

WORKER_SAMPLES_MAX: Final = 1000
"""Counters and gauges that a worker shows, each with its labels; some thirty are usual."""

WORKER_CHANNEL_MAX_BYTES: Final = 256 * 1024 * 1024
"""One message to or from a worker, and all that wait for it to read them: as much as all slow clients may have waiting.

A worker that reads no more is ended, and another one takes its place.
"""

FEED_MESSAGE_MAX_BYTES: Final = 4 * 1024
"""From a subscriber of market data; the longest subscription is below 300 bytes."""

FEED_NESTING_MAX: Final = 8
"""Objects and lists in one message from a subscriber: honest ones have two."""

FEED_TEXT_MAX_CHARACTERS: Final = 256
"""In what a subscriber sends; the longest name of a market has 139 characters."""

FEED_SUBSCRIPTIONS_MAX: Final = 100
"""Of one connection: some channels of some tens of markets; who wants more opens another connection."""

FEED_MESSAGES_PER_SECOND: Final = 20
FEED_MESSAGES_BURST: Final = 2 * FEED_SUBSCRIPTIONS_MAX
"""From one subscriber, pings too: all subscriptions at once after a reconnect, and some corrections."""

FEED_BYTES_PER_SECOND: Final = 16 * 1024
FEED_BYTES_BURST: Final = 128 * 1024
"""What is read of one subscriber: twice what its messages may be, so that tiny frames cost no more than messages do."""

FEED_FAULTS_MAX: Final = 20
"""Messages of a connection that cannot be understood, or come too fast; with the last one it is closed."""

FEED_CONNECTIONS_MAX: Final = 10_000
FEED_CONNECTIONS_PER_ADDRESS_MAX: Final = 256
"""Subscribers of one process, and of them from one network address; each has a descriptor and a buffer."""

FEED_STRANGERS_MAX: Final = 1_000
FEED_STRANGERS_PER_ADDRESS_MAX: Final = 64
"""Connections that are no WebSockets: those that ask over HTTP, or have not said anything yet."""

FEED_STAY_S: Final = 60.0
"""For them; after half of it the next answer is the last one, and they may connect again."""

FEED_BUFFER_BYTES: Final = 64 * 1024
"""Unread by a subscriber: past it books, tickers, best prices and candles are kept back and then sent as they are."""

FEED_BUFFER_MAX_BYTES: Final = 256 * 1024
"""Unread by a subscriber: past it, who must be told everything (trades, answers) is cut; a book has up to 80 KiB."""

FEED_FRAME_MAX_BYTES: Final = 16 * 1024
"""What is read of a subscriber in one piece: too large a message is answered, a much larger one ends the connection."""

FEED_SOCKET_BUFFER_BYTES: Final = 128 * 1024
"""What the system may keep for a subscriber that does not read: it would be shown what is long past."""

FEED_STALL_S: Final = 30.0
"""A subscriber whose buffer has been full for so long is cut: it reads nothing, and keeps memory."""

FEED_IDLE_S: Final = 60.0
"""A connection without a subscription is cut then: it has a descriptor for nothing."""

FEED_GROUPED_VIEWS_MAX: Final = 1_024
"""Views in steps of more than a tick, each of which costs work with every change of its book; the others are few."""

FEED_CLOSED_CANDLES_MAX: Final = 64
"""Empty periods that are told after a silence, such as a sleep of the computer: they say nothing but their time."""

FEED_RECENT_TRADES_MAX: Final = 100
"""Trades of a market that a new subscriber is shown: those of a reconnect's few seconds, too."""

FEED_WAITING_TRADES_MAX: Final = 10_000
"""Trades that wait for a program to take them; past it the oldest are dropped and a gap is shown."""

CHRONICLE_PENDING_MAX: Final = 20_000
CHRONICLE_PENDING_MAX_QUANTA: Final = 100_000
"""Of the chronicle, what waits for a certificate: some 250 MB. Alpha lets less become durable without one
(``UNFINAL_QUANTA_MAX``); an auditor that has caught up may have kept fewer certificates."""

CHRONICLE_ACCOUNTS_CACHED_MAX: Final = 200_000
"""Short numbers of accounts that a chronicler remembers: about 25 MB. Others are looked up."""

CHRONICLE_CACHE_KIB: Final = 64 * 1024
"""Of an SQLite history's pages that its writer keeps in memory: rows of many accounts go to as many places."""

CHRONICLE_PAGE_BYTES: Final = 2 * 1024 * 1024
"""Of history in one answer to a chronicler; the batch with which it gets longer is its last."""

CHRONICLE_PAGE_MAX_BYTES: Final = 128 * 1024 * 1024
"""More is not taken from a peer in one answer: no batch of 1,000 quanta with all their effects is larger."""

CHRONICLE_WAIT_S: Final = 20.0
"""How long a chronicler's question waits for something new."""

CHRONICLE_STAY_S: Final = 60.0
"""For one question on a private port, its waiting and its answer included."""

HISTORY_QUESTION_MAX_BYTES: Final = 4096
"""A question about an account's past; it has a few fields and no lists but one of kinds."""

CHRONICLE_TRANSACTION_QUANTA: Final = 2_000
"""A chronicler commits when so many quanta have been gathered: the commit is shared, and is over in a moment."""

HISTORY_LOOKS_MAX: Final = 2_000
"""Rows that a chronicler looks at for one page where a filter lets few of them through: some milliseconds. The page
then says where it ended, and the next one goes on from there."""

HISTORY_PROOF_BATCHES_MAX: Final = 16
HISTORY_PROOF_READ_MAX_BYTES: Final = 4 * 1024 * 1024
"""Batches whose proofs are on one page of history, and what is read for them, beside the first one: a full batch takes
some 50 ms to hash again."""

HISTORY_PROOF_MAX_BYTES: Final = 2 * 1024 * 1024
"""What these proofs weigh, beside the first one, so that the page fits into one answer."""

HISTORY_WAIT_S: Final = 5.0
"""How long a question waits until the chronicle has what it must have: as long as quanta may stay unfinal."""

HISTORY_READS_MAX: Final = 4
"""Questions that a chronicler reads for at once."""

HISTORY_QUESTIONS_MAX: Final = 256
HISTORY_QUESTIONS_PER_ACCOUNT_MAX: Final = 4
"""Questions that wait for chroniclers, in alpha and again in each of them, and of them of one account; past either,
OVERLOADED. Eight accounts that ask all the time leave others room in ``HISTORY_CONNECTIONS_MAX``."""

HISTORY_AWAITING_MAX: Final = 20
"""Of them, those that wait for quanta that a chronicler does not have yet: half of ``HISTORY_CONNECTIONS_MAX``, so that
one that is behind still answers what it can."""

HISTORY_ANSWER_TIMEOUT_S: Final = 10.0
"""For a chronicler's answer to alpha: the wait above, and as much again for the read."""

HISTORY_CONNECTIONS_MAX: Final = 40
"""Of alpha to its chroniclers: other questions wait for one of them, within that time."""

PRIVATE_CONNECTIONS_PER_ADDRESS_MAX: Final = 48
PRIVATE_CONNECTS_PER_SECOND: Final = 500
"""To a private port, from one network address and in the long run: alpha asks for all its clients, and chroniclers
follow from there."""

STREAM_PART_MAX_BYTES: Final = 512 * 1024
"""Of one message to a NATS stream; longer batches are split. A reader has 16 of them in memory at a time."""

STREAM_PARTS_MAX: Final = 4096
"""Messages of one batch: ``CHRONICLE_PAGE_MAX_BYTES`` in pieces of 32 KiB, where the server takes no larger ones."""

STREAM_FETCH_MESSAGES: Final = 16
"""Messages that are taken from a NATS stream at once."""

STREAM_WINDOW_MESSAGES: Final = 128
"""Messages on their way to a NATS stream that it has not confirmed: enough to be fast over a long distance."""

STREAM_LOOK_BACK_MAX: Final = 64
"""Messages at the end of a NATS stream that may be nobody's: a publisher looks behind them for where it goes on."""

STREAM_AHEAD_MAX: Final = 32
"""Messages of later batches that a reader passes over before it believes that the one it needs is not to come."""

STREAM_REFUSED_MAX: Final = 256
"""Places of a NATS stream that are remembered because what stood there did not hold."""

LOCK_MAX_US: Final = 366 * 86_400 * 1_000_000
"""How far ahead the end of an account's lock may be: a year, or a slip of the pen would lock money for good."""

CANCELS_MAX: Final = 1_000
"""Orders that one quantum cancels for their owner, and one request batch with all its operations."""
