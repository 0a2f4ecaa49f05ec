import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constellation.herald.replica import Kept, Replica
from constellation.node.cli import main
from constellation.node.evidence import readable, write_evidence
from constellation.node.exit_codes import ExitCode
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import (
    Batch,
    ClusterMessage,
    Code,
    Side,
    SignedHeader,
    SignedVerdict,
    decode_cluster_message,
)
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import Purpose, header_hash, settings_hash, signing_hash, verify
from constellation.protocol.terms import Terms
from constellation.snapshots import QuantumLog, Recovered, StoredBatch, restore
from constellation.snapshots.directory import LOG_FILE, DataDirectory
from constellation.testing import World
from tests.herald.support import TRADER, Chain, certify, opening

pytestmark = pytest.mark.usefixtures("restored_logging")

NOW_US = 1_790_000_000_123_456


def forged(world: World, batch: Batch, **changes: Any) -> Batch:
    """``batch`` with another header, which alpha has signed all the same."""
    header = replace(batch.signed_header.header, **changes)
    return Batch(SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header))), batch.quanta)


class Scene:
    """An auditor with three batches in its log, and what is made of a message that it refuses."""

    def __init__(self, directory: Path) -> None:
        self.world = World()
        self.data, self.settings_path = directory / "data", directory / "constellation.json"
        self.settings_path.write_text(json.dumps(settings_to_json(self.world.settings)))
        self.chain = Chain(self.world)
        self.chain.open(1)
        self.chain.extend(1)
        self.chain.extend(1)
        with DataDirectory(self.data):
            self.write(self.chain.batches, certified=2)

    def log(self) -> QuantumLog:
        return QuantumLog(self.data / LOG_FILE, self.world.settings)

    def write(self, batches: list[Batch], certified: int) -> None:
        log = self.log()
        rows = [StoredBatch(item, header_hash(self.world.constellation, item.signed_header.header)) for item in batches]
        header = self.chain.header(certified)
        assert header is not None
        log.write([*rows, certify(self.world, header.header), Recovered()])
        log.close()

    def bundle(self, message: ClusterMessage, error: Divergence | None = None) -> Path:
        log = self.log()
        restored = restore(log, self.world.settings)
        kept = Kept(log.identity, False, log.certificate(), None)
        key_pair = self.world.auditors[0]
        replica = Replica(Terms(self.world.settings), key_pair, restored.machine, restored.tip, kept)
        log.close()
        error = error or Divergence(Code.STATE_ROOT_MISMATCH, "the state after batch 4 differs")
        return write_evidence(self.data, key_pair.public, error, replica, message, NOW_US)

    def replay(self, bundle: Path, *more: str) -> Result:
        arguments = ["--data-directory", str(self.data), "--settings-file", str(self.settings_path), *more]
        return CliRunner().invoke(main, ["replay-evidence", str(bundle), *arguments], prog_name="constellation")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def change(bundle: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(bundle.read_text())
    edit(document)
    bundle.write_text(json.dumps(document))


def test_a_bundle_says_in_words_and_in_full_what_was_refused(scene: Scene) -> None:
    bad = forged(scene.world, scene.chain.extend(1), state_root=bytes(32))
    path = scene.bundle(bad)
    document = json.loads(path.read_text())
    assert document["code"] == "STATE_ROOT_MISMATCH"
    assert document["reason"] == "the state after batch 4 differs"
    assert document["recorded_at"] == "2026-09-21T14:13:20.123456+00:00"
    assert document["replay"].startswith(f"constellation replay-evidence {path.name} --data-directory ")
    assert document["settings_hash"] == settings_hash(scene.world.settings).hex()
    assert document["tip_before"]["number"] == 3
    assert document["last_certificate"]["header"]["number"] == 2
    assert document["message"]["signed_header"]["header"]["state_root"] == "00" * 32
    (event,) = document["message"]["quanta"][0]["body"]["report"]["events"]
    assert (event["type"], event["source"]) == ("LedgerDeposit", TRADER.address)
    assert decode_cluster_message(bytes.fromhex(document["message_xdr"])) == bad
    verdict = SignedVerdict.from_xdr(bytes.fromhex(document["verdict_xdr"]))
    digest = signing_hash(Purpose.VERDICT, scene.world.constellation, verdict.verdict.to_xdr())
    assert verify(scene.world.auditors[0].public, digest, verdict.signature)
    assert document["verdict"]["verdict"]["code"] == "STATE_ROOT_MISMATCH"


def test_a_bundle_is_never_overwritten(scene: Scene) -> None:
    batch = scene.chain.extend(1)
    scene.bundle(batch)
    with pytest.raises(FileExistsError):
        scene.bundle(batch)


def test_bytes_and_enumerations_are_readable() -> None:
    assert readable([b"\x01", Side.SELL, None, 7, "x"]) == ["01", "SELL", None, 7, "x"]


def test_what_contradicts_is_reproduced_and_the_node_is_unchanged(scene: Scene) -> None:
    bad = forged(scene.world, scene.chain.extend(1), state_root=bytes(32))
    bundle = scene.bundle(bad)
    before = (scene.data / LOG_FILE).read_bytes()
    result = scene.replay(bundle)
    assert result.exit_code == ExitCode.DIVERGED, result.output
    assert result.stdout == (
        "reproduced after batch 3 (as it was refused): STATE_ROOT_MISMATCH: "
        "the state after batch 4 differs from its header's\n"
    )
    assert (scene.data / LOG_FILE).read_bytes() == before


def test_another_contradiction_than_the_one_named_is_told(scene: Scene) -> None:
    bad = forged(scene.world, scene.chain.extend(1), quanta_root=bytes(32))
    result = scene.replay(scene.bundle(bad))
    assert result.exit_code == ExitCode.DIVERGED
    assert "(it was refused as STATE_ROOT_MISMATCH): QUANTA_ROOT_MISMATCH: batch 4" in result.stdout


def test_an_honest_batch_is_not_reproduced(scene: Scene) -> None:
    result = scene.replay(scene.bundle(scene.chain.extend(1)))
    assert result.exit_code == ExitCode.OK
    assert result.stdout == (
        "not reproduced: after batch 3, the refused Batch holds here\n"
        "it was refused as STATE_ROOT_MISMATCH: the state after batch 4 differs\n"
    )


@pytest.mark.parametrize("certified", [3, 5])
def test_a_log_that_has_gone_on_is_replayed_up_to_the_refused_batch(scene: Scene, certified: int) -> None:
    """Whether what came later may be cut off the copy, or is final."""
    bad = forged(scene.world, scene.chain.extend(1), state_root=bytes(32))
    bundle = scene.bundle(bad)
    scene.chain.extend(1)
    scene.write(scene.chain.batches[3:], certified)
    result = scene.replay(bundle)
    assert result.exit_code == ExitCode.DIVERGED, result.output
    assert "reproduced after batch 3 (as it was refused)" in result.stdout


def test_two_headers_for_one_place_are_a_contradiction(scene: Scene) -> None:
    other = scene.chain.fork(2).extend(1, amount=77)
    error = Divergence(Code.EQUIVOCATION, "alpha signed two different headers")
    result = scene.replay(scene.bundle(other, error))
    assert result.exit_code == ExitCode.DIVERGED
    assert "(as it was refused): EQUIVOCATION: alpha signed two different headers for batch 3" in result.stdout
    result = scene.replay(_again(scene, scene.chain.batches[2], error))
    assert result.exit_code == ExitCode.OK


def test_a_certificate_for_another_batch_is_a_contradiction(scene: Scene) -> None:
    other = scene.chain.fork(2).extend(1, amount=77)
    error = Divergence(Code.EQUIVOCATION, "a quorum has certified another batch")
    result = scene.replay(scene.bundle(certify(scene.world, other.signed_header.header), error))
    assert result.exit_code == ExitCode.DIVERGED
    assert "a quorum has certified another batch 3 than the one in the log" in result.stdout
    honest = certify(scene.world, scene.chain.batches[2].signed_header.header)
    assert scene.replay(_again(scene, honest, error)).exit_code == ExitCode.OK


def test_promises_that_show_two_chains_are_a_contradiction(scene: Scene) -> None:
    other = scene.chain.fork(2)
    other.extend(1, amount=77)
    promises = (scene.chain.promise(0, 2, 3), other.promise(1, 2, 3))
    error = Divergence(Code.EQUIVOCATION, "alpha signed two of the promised tips")
    result = scene.replay(scene.bundle(opening(2, scene.chain.tip, *promises), error))
    assert result.exit_code == ExitCode.DIVERGED
    assert "(as it was refused): EQUIVOCATION" in result.stdout


def _again(scene: Scene, message: ClusterMessage, error: Divergence) -> Path:
    for path in scene.data.glob("evidence-*"):
        path.unlink()
    return scene.bundle(message, error)


def refused(result: Result, words: str) -> None:
    assert result.exit_code == ExitCode.CONFIGURATION, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda document: document.clear(), "is no evidence bundle: KeyError"),
        (lambda document: document.update(message_xdr="00"), "is no evidence bundle: MalformedMessage"),
        (lambda document: document.update(message_xdr=7), "is no evidence bundle: TypeError"),
        (lambda document: document.update(settings_hash="ab" * 32), "is of a constellation with other settings"),
        (
            lambda document: document["tip_before"].update(digest="ab" * 32),
            "no batch 3 with the hash that the evidence",
        ),
        (
            lambda document: document["tip_before"].update(number=9),
            "the log has no batch 4, which the evidence is about",
        ),
    ],
)
def test_what_is_no_evidence_about_this_log_is_refused(
    scene: Scene, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    bundle = scene.bundle(scene.chain.extend(1))
    change(bundle, edit)
    refused(scene.replay(bundle), words)


def test_a_batch_that_alpha_did_not_sign_proves_nothing(scene: Scene) -> None:
    batch = scene.chain.extend(1)
    unsigned = Batch(SignedHeader(batch.signed_header.header, bytes(64)), batch.quanta)
    refused(scene.replay(scene.bundle(unsigned)), "the evidence is forged or damaged: alpha's signature does not fit")


def test_a_file_that_is_missing_or_endless_is_refused(scene: Scene, tmp_path: Path) -> None:
    refused(scene.replay(tmp_path / "nothing.json"), "nothing.json: No such file")
    with (tmp_path / "endless.json").open("wb") as file:
        file.truncate(2**30)
    refused(scene.replay(tmp_path / "endless.json"), "is no evidence bundle: ValueError: larger than")


def test_without_a_log_there_is_nothing_to_replay_on(scene: Scene) -> None:
    bundle = scene.bundle(scene.chain.extend(1))
    (scene.data / LOG_FILE).rename(scene.data / "elsewhere")
    refused(scene.replay(bundle), "there is no log in")
    scene.data.rename(scene.data.with_name("moved"))
    refused(scene.replay(scene.data.with_name("moved") / bundle.name), "there is no directory")
    assert not scene.data.exists()


def test_a_running_node_is_left_alone(scene: Scene) -> None:
    bundle = scene.bundle(scene.chain.extend(1))
    with DataDirectory(scene.data):
        assert scene.replay(bundle).exit_code == ExitCode.IN_USE
