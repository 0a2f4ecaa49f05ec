"""Settings that are in force are taken by proof alone, and an alpha that lies about them is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.protocol.messages import (
    AssetSettings,
    AuditorSignature,
    BucketPair,
    CancelOrder,
    ClientMessage,
    Code,
    CreditAsset,
    GovernanceCommit,
    Proposal,
    Rejected,
    Settings,
    SettingsChange,
    StateEntryType,
    StateProof,
    Welcome,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.proposals import sign_proposal
from constellation.sdk import VerificationFailed
from constellation.sdk.outputs import Opened, SettingsProven
from tests.gateway.harness import ANNA, AUDITORS, ISSUER, START_US, Alpha, Pipe

Change = Callable[[ClientMessage], ClientMessage]


def decide(alpha: Alpha, settings: Settings) -> None:
    """Let a quorum put ``settings`` into force, and let that be final."""
    proposal = Proposal(START_US + 10**9, SettingsChange(alpha.machine.state.settings_version + 1, settings))
    signed = [sign_proposal(alpha.constellation, auditor, proposal) for auditor in AUDITORS[:2]]
    alpha.execute(GovernanceCommit(proposal, [AuditorSignature(item.auditor, item.signature) for item in signed]))


def with_fewer_orders(settings: Settings, open_orders: int) -> Settings:
    return replace(settings, limits=replace(settings.limits, open_orders=open_orders))


def with_pounds(settings: Settings) -> Settings:
    return replace(settings, assets=[*settings.assets, AssetSettings(CreditAsset("GBP", ISSUER.public), 1, 0)])


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA)


@pytest.fixture
def changed(alpha: Alpha) -> Alpha:
    decide(alpha, with_pounds(alpha.settings))
    alpha.settle(checkpoint=True)
    return alpha


def pump(pipe: Pipe, change: Change) -> None:
    pipe.pump(lambda data: encode_client_message(change(decode_client_message(data))))


def connect(alpha: Alpha, change: Change) -> Pipe:
    pipe = Pipe(alpha)
    pipe.session = alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    pump(pipe, change)
    return pipe


def test_the_proof_comes_before_the_client_is_open(changed: Alpha) -> None:
    pipe = Pipe(changed).connect()
    kinds = [type(output) for output in pipe.take()]
    assert kinds == [SettingsProven, Opened]
    keeper = pipe.client.keeper
    assert (keeper.version, keeper.settings) == (1, with_pounds(changed.settings))
    assert not keeper.is_behind


def test_without_a_change_nothing_is_asked(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    assert [type(output) for output in pipe.take()] == [Opened]


def test_a_connected_client_learns_a_change_when_it_is_final(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    pipe.take()
    decide(alpha, with_fewer_orders(alpha.settings, 2))
    alpha.acknowledge(checkpoint=True)
    assert pipe.pump().take() == []
    alpha.certify()
    (proven,) = pipe.pump().take()
    assert isinstance(proven, SettingsProven)
    assert proven.settings.limits.open_orders == 2
    assert proven.apex == alpha.machine.state.apex


def test_a_small_burst_is_enough_to_learn_a_change() -> None:
    alpha = Alpha(rate=(1, 2)).fund(ANNA)
    pipe = Pipe(alpha).connect()
    pipe.take()
    decide(alpha, with_fewer_orders(alpha.settings, 2))
    alpha.settle(checkpoint=True)
    assert pipe.pump().take() == [], "to connect has cost some of it"
    alpha.now_us += 2_000_000
    pipe.client.ask_settings()
    assert [type(output) for output in pipe.pump().take()] == [SettingsProven]


def test_shorter_validity_binds_the_next_request(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    limits = replace(alpha.settings.limits, validity_us=1_000_000)
    decide(alpha, replace(alpha.settings, limits=limits))
    alpha.settle(checkpoint=True)
    pipe.pump()
    signed = pipe.client._signer.sign(CancelOrder(1), 5_000_000)
    assert signed.request.valid_until == 6_000_000


def other_welcome(**changes: object) -> Change:
    def change(message: ClientMessage) -> ClientMessage:
        return replace(message, **changes) if isinstance(message, Welcome) else message  # type: ignore[arg-type]

    return change


def test_false_settings_of_the_known_version_are_refused_at_once(alpha: Alpha) -> None:
    false = with_fewer_orders(alpha.settings, 1)
    with pytest.raises(VerificationFailed, match="alpha has settings"):
        connect(alpha, other_welcome(settings=false))


def test_false_settings_of_a_later_version_are_found_by_the_proof(changed: Alpha) -> None:
    false = with_fewer_orders(changed.settings, 1)
    with pytest.raises(VerificationFailed, match="told other settings of version 1 than are proven"):
        connect(changed, other_welcome(settings=false))


def test_a_version_that_does_not_exist_is_never_adopted(alpha: Alpha) -> None:
    decide(alpha, with_fewer_orders(alpha.settings, 3))
    alpha.settle(checkpoint=True)
    false = with_fewer_orders(alpha.settings, 1)
    pipe = connect(alpha, other_welcome(settings=false, settings_version=9))
    keeper = pipe.client.keeper
    assert (keeper.version, keeper.settings.limits.open_orders) == (1, 3), "only what is proven"
    assert keeper.is_behind
    assert any(isinstance(output, Opened) for output in pipe.take())


def test_alpha_cannot_go_back_behind_what_is_proven(changed: Alpha) -> None:
    pipe = Pipe(changed).connect().disconnect()
    pipe.session = changed.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    with pytest.raises(VerificationFailed, match="version 0, 1 is proven"):
        pump(pipe, other_welcome(settings=changed.settings, settings_version=0))


def on_proof(change: Callable[[StateProof], StateProof]) -> Change:
    return lambda message: change(message) if isinstance(message, StateProof) else message


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: replace(proof, entry=None),
        lambda proof: replace(proof, others=proof.others[1:] or [BucketPair(bytes(32), bytes(32))]),
        lambda proof: replace(proof, bucket_proof=replace(proof.bucket_proof, index=1)),
        lambda proof: replace(
            proof,
            entry=with_fewer_orders(proof.entry, 1) if isinstance(proof.entry, Settings) else proof.entry,
        ),
        lambda proof: replace(
            proof,
            entry=replace(proof.entry, settings_version=2) if not isinstance(proof.entry, Settings) else proof.entry,
        ),
        lambda proof: replace(
            proof,
            finality=replace(
                proof.finality,
                certificate=replace(proof.finality.certificate, signatures=proof.finality.certificate.signatures[:1]),
            ),
        ),
    ],
    ids=["entry gone", "neighbours", "bucket", "other settings", "other version", "too few signatures"],
)
def test_a_forged_proof_is_refused(changed: Alpha, change: Callable[[StateProof], StateProof]) -> None:
    with pytest.raises(VerificationFailed, match="settings"):
        connect(changed, on_proof(change))


def test_a_refusal_opens_the_client_with_what_it_knows(changed: Alpha) -> None:
    def refuse(message: ClientMessage) -> ClientMessage:
        if isinstance(message, StateProof):
            return Rejected(message.request_id, Code.OVERLOADED, "later")
        return message

    pipe = connect(changed, refuse)
    assert [type(output) for output in pipe.take()] == [Opened]
    assert pipe.client.keeper.is_behind
    pipe.client.ask_settings()
    (proven,) = pipe.pump().take()
    assert isinstance(proven, SettingsProven)
    assert pipe.client.keeper.version == 1


def test_answers_under_different_checkpoints_are_asked_for_again(changed: Alpha) -> None:
    """A checkpoint comes between the two answers."""
    pipe = Pipe(changed)
    pipe.session = changed.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    seen: list[StateProof] = []

    def note(message: ClientMessage) -> ClientMessage:
        if isinstance(message, StateProof):
            seen.append(message)
        return message

    pump(pipe, note)
    assert len(seen) == 2
    changed.deposit(ANNA, 0, 5)
    changed.settle(checkpoint=True)
    stale = seen[0]
    changes = iter([True])

    def swap(message: ClientMessage) -> ClientMessage:
        if isinstance(message, StateProof) and type(message.entry) is type(stale.entry) and next(changes, False):
            return replace(stale, request_id=message.request_id)
        return message

    pipe.client.ask_settings()
    pump(pipe, swap)
    outputs = [output for output in pipe.take() if isinstance(output, SettingsProven)]
    assert outputs[-1].apex == changed.machine.state.apex
    assert not pipe.client.keeper.is_asking


def test_questions_of_the_program_are_answered_beside_the_keepers(changed: Alpha) -> None:
    pipe = Pipe(changed).connect()
    pipe.take()
    request_id = pipe.client.query_proof(StateEntryType.COUNTERS_ENTRY, b"")
    pipe.client.ask_settings()
    outputs = pipe.pump().take()
    assert request_id in {getattr(output, "request_id", None) for output in outputs}
    assert any(isinstance(output, SettingsProven) for output in outputs)
