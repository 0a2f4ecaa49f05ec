"""Proposals through client sessions: who may send what, how large, and what the others hear of it."""

from dataclasses import replace

import pytest

from constellation.protocol.limits import CLIENT_FRAME_MAX_BYTES, CLIENT_REPLY_MAX_BYTES, PROPOSAL_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    MAX_ASSETS,
    MAX_AUDITORS,
    MAX_CHANNELS,
    MAX_MARKETS,
    MAX_OPEN_PROPOSALS,
    AssetSettings,
    AuditorSignature,
    ChannelSettings,
    Closing,
    Code,
    CreditAsset,
    OpenProposal,
    Proposal,
    Proposals,
    Propose,
    QueryProposals,
    Rejected,
    Settings,
    SettingsChange,
    SignedProposal,
    Welcome,
    encode_client_message,
)
from constellation.protocol.proposals import sign_proposal
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, ClientOptions, ConnectionClosed, ExchangeError
from tests.gateway.harness import ANNA, AUDITORS, START_US, Alpha, RawClient, key
from tests.gateway.live import live

VALID_UNTIL = START_US + 1_000_000_000


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA)


def change(settings: Settings, open_orders: int) -> SettingsChange:
    return SettingsChange(1, replace(settings, limits=replace(settings.limits, open_orders=open_orders)))


def signed(alpha: Alpha, auditor: KeyPair, decision: SettingsChange) -> SignedProposal:
    return sign_proposal(alpha.constellation, auditor, Proposal(VALID_UNTIL, decision))


def test_operators_of_a_quorum_decide_and_everybody_gets_another_welcome_when_it_is_final(alpha: Alpha) -> None:
    first, second, trader = (RawClient(alpha, who).open() for who in (*AUDITORS[:2], ANNA))
    for client in (first, second, trader):
        client.received()
    decision = change(alpha.settings, 3)
    first.send(Propose(1, signed(alpha, AUDITORS[0], decision)))
    (answer,) = first.received()
    assert isinstance(answer, Proposals)
    assert (answer.request_id, answer.settings_version, len(answer.proposals)) == (1, 0, 1)
    second.send(Propose(9, signed(alpha, AUDITORS[1], decision)))
    assert second.received() == [], "the answer waits until what it shows is durable"
    alpha.acknowledge(checkpoint=True)
    (answer,) = second.received()
    assert answer == Proposals(9, 1, [])
    assert trader.received() == [], "nothing is told before it is final"
    alpha.certify()
    (welcome,) = trader.received()
    assert isinstance(welcome, Welcome)
    assert (welcome.settings_version, welcome.settings) == (1, decision.settings)


def test_a_stranger_may_look_and_pass_on_but_not_propose(alpha: Alpha) -> None:
    client = RawClient(alpha, key("stranger")).open()
    client.received()
    client.send(Propose(1, signed(alpha, AUDITORS[0], change(alpha.settings, 3))))
    client.send(QueryProposals(2))
    client.send(Propose(3, signed(alpha, key("stranger"), change(alpha.settings, 3))))
    taken, shown, refused = client.received()
    assert isinstance(taken, Proposals)
    assert isinstance(shown, Proposals)
    assert len(shown.proposals) == 1
    assert isinstance(refused, Rejected)
    assert refused.code is Code.UNAUTHORIZED


def largest(settings: Settings) -> Settings:
    """As large as the wire allows."""
    return replace(
        settings,
        network_passphrase="n" * 128,
        auditors=[key(f"a{n}").public for n in range(MAX_AUDITORS)],
        channels=[ChannelSettings(key(f"c{n}").public, n) for n in range(MAX_CHANNELS)],
        assets=[AssetSettings(CreditAsset("A" * 12, key("issuer").public), 1, 0)] * MAX_ASSETS,
        markets=[settings.markets[0]] * MAX_MARKETS,
    )


def test_the_largest_settings_fit_an_auditors_frame_and_all_proposals_an_answer(alpha: Alpha) -> None:
    proposal = Proposal(VALID_UNTIL, SettingsChange(1, largest(alpha.settings)))
    message = Propose(2**64 - 1, sign_proposal(alpha.constellation, AUDITORS[0], proposal))
    assert CLIENT_FRAME_MAX_BYTES < len(encode_client_message(message)) <= PROPOSAL_FRAME_MAX_BYTES
    signatures = [AuditorSignature(bytes(32), bytes(64))] * MAX_AUDITORS
    answer = Proposals(1, 1, [OpenProposal(proposal, signatures)] * MAX_OPEN_PROPOSALS)
    assert len(encode_client_message(answer)) <= CLIENT_REPLY_MAX_BYTES


def test_only_who_has_proven_an_auditors_key_may_send_that_much(alpha: Alpha) -> None:
    message = Propose(1, signed(alpha, AUDITORS[0], SettingsChange(1, largest(alpha.settings))))
    operator, stranger = RawClient(alpha, AUDITORS[0]).open(), RawClient(alpha, ANNA).open()
    for client in (operator, stranger):
        client.received()
        client.send(message)
    (answer,) = operator.received()
    assert isinstance(answer, Rejected)
    assert answer.code is Code.INVALID_PROPOSAL
    (closing,) = stranger.received()
    assert isinstance(closing, Closing)
    assert closing.code is Code.TOO_LARGE


async def test_the_socket_takes_as_much_as_the_session(alpha: Alpha) -> None:
    proposal = signed(alpha, AUDITORS[0], SettingsChange(1, largest(alpha.settings)))
    async with live(alpha) as server:
        async with Client(server.url, alpha.settings, AUDITORS[0]) as operator:
            with pytest.raises(ExchangeError, match="INVALID_PROPOSAL"):
                await operator.propose(proposal)
        async with Client(server.url, alpha.settings, ANNA, ClientOptions(reconnect_s=0.1, timeout_s=5)) as stranger:
            with pytest.raises(ConnectionClosed):
                await stranger.propose(proposal)
