import re
from pathlib import Path

import pytest

from constellation.protocol import limits
from constellation.protocol.limits import (
    BATCH_MAX_QUANTA,
    CLIENT_FRAME_MAX_BYTES,
    CLIENT_QUEUE_MAX_MESSAGES,
    CLIENT_REPLY_MAX_BYTES,
    CLUSTER_FRAME_MAX_BYTES,
    INT64_MAX,
    REPLACEMENT_MAX_QUANTA,
    UNFINAL_QUANTA_MAX,
)
from constellation.protocol.messages import (
    MAX_ASSETS,
    MAX_AUDITORS,
    MAX_CHANNELS,
    MAX_LEDGER_EVENTS,
    MAX_MARKETS,
    AssetSettings,
    AuditorSignature,
    Batch,
    BatchHeader,
    ChannelSettings,
    ClaimableDeposit,
    CreditAsset,
    GovernanceCommit,
    LedgerCommit,
    LedgerDeposit,
    LedgerReport,
    Proposal,
    Quantum,
    Request,
    SettingsChange,
    SignedHeader,
    SignedRequest,
    Withdrawal,
    encode_cluster_message,
)
from constellation.protocol.xdr import UnencodableMessage
from constellation.testing.world import World, to

SOURCE = Path(limits.__file__).read_text()
NAMES = re.findall(r"^([A-Z0-9_]+): Final = ", SOURCE, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_is_positive_and_says_why(name: str) -> None:
    assert getattr(limits, name) > 0
    after = SOURCE.split(f"\n{name}: Final = ")[1]
    assert re.match(r'[^\n]*\n(?:[A-Z0-9_]+: Final = [^\n]*\n)?"""[A-Z0-9]', after), f"{name} has no reason"


def test_every_bound_is_declared_as_final() -> None:
    assert len(NAMES) == len([name for name in vars(limits) if name.isupper()])


def header() -> SignedHeader:
    return SignedHeader(BatchHeader(1, 2**64 - 1, 1, 1, 1, 1, bytes(32), bytes(32), bytes(32)), bytes(64))


def largest_request() -> SignedRequest:
    return SignedRequest(
        Request(bytes(32), bytes(32), INT64_MAX, 1, Withdrawal(0, 1, to(bytes(32), "m" * 28, muxed_id=1))),
        bytes(64),
    )


def test_a_full_batch_of_the_largest_requests_fits_a_frame() -> None:
    batch = Batch(header(), [Quantum(1, largest_request())] * BATCH_MAX_QUANTA)
    assert len(encode_cluster_message(batch)) < CLUSTER_FRAME_MAX_BYTES // 8
    batch.quanta.append(batch.quanta[0])
    with pytest.raises(UnencodableMessage):
        encode_cluster_message(batch)


def test_the_largest_request_is_small_beside_a_clients_frame() -> None:
    assert len(largest_request().to_xdr()) < 400 < CLIENT_FRAME_MAX_BYTES


def test_the_largest_ledger_commit_fits_a_frame() -> None:
    asset = CreditAsset("TWELVELETTER", bytes(32))
    deposit = LedgerDeposit(1, bytes(32), asset, 1, bytes(32), bytes(32), 1)
    claimable = ClaimableDeposit(1, bytes(32), bytes(32), asset, 1, bytes(32), bytes(32))
    events = []
    while True:
        events.append(max(deposit, claimable, key=lambda event: len(event.to_xdr())))
        try:
            LedgerReport(1, 2, 3, events).to_xdr()
        except UnencodableMessage:
            events.pop()
            break
    assert len(events) == MAX_LEDGER_EVENTS
    commit = LedgerCommit(LedgerReport(1, 2, 3, events), [AuditorSignature(bytes(32), bytes(64))] * 19)
    assert len(encode_cluster_message(Batch(header(), [Quantum(1, commit)]))) < CLUSTER_FRAME_MAX_BYTES


def test_the_largest_decision_fits_a_frame() -> None:
    settings = World().settings
    settings.network_passphrase = "n" * 128
    settings.auditors = [bytes(32)] * MAX_AUDITORS
    settings.channels = [ChannelSettings(bytes(32), 1)] * MAX_CHANNELS
    settings.assets = [AssetSettings(CreditAsset("TWELVELETTER", bytes(32)), 1, 0)] * MAX_ASSETS
    settings.markets = [settings.markets[0]] * MAX_MARKETS
    proposal = Proposal(1, SettingsChange(1, settings))
    commit = GovernanceCommit(proposal, [AuditorSignature(bytes(32), bytes(64))] * MAX_AUDITORS)
    assert len(encode_cluster_message(Batch(header(), [Quantum(1, commit)]))) < CLUSTER_FRAME_MAX_BYTES // 8


def test_bounds_that_depend_on_each_other() -> None:
    assert INT64_MAX == 9_223_372_036_854_775_807
    assert CLIENT_FRAME_MAX_BYTES < CLIENT_REPLY_MAX_BYTES <= CLUSTER_FRAME_MAX_BYTES
    assert UNFINAL_QUANTA_MAX >= BATCH_MAX_QUANTA * limits.SEALED_BATCHES_MAX
    assert REPLACEMENT_MAX_QUANTA >= 2 * UNFINAL_QUANTA_MAX
    assert limits.REPLACEMENT_MAX_BYTES >= REPLACEMENT_MAX_QUANTA // BATCH_MAX_QUANTA * 2**20
    assert limits.PING_INTERVAL_S < limits.PING_TIMEOUT_S
    assert CLIENT_QUEUE_MAX_MESSAGES > 0
