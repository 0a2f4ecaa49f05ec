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
"""From a client. The largest request is below 400 bytes, the largest batch of them below 8 KiB."""

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

CHRONICLE_PENDING_MAX: Final = 20_000
"""Batches of the chronicle that wait for a certificate: as many as alpha lets become durable without one
(``UNFINAL_QUANTA_MAX``), each of one quantum."""

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
