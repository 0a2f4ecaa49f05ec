"""All targets: what the runner runs, the tests replay and the documentation lists."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

CORPUS = Path(__file__).parent / "corpus"
REGRESSION = "regression-"
"""What the names of inputs begin with that have found a bug."""

CORPUS_FILES_MAX = 40
"""Committed inputs of one target, beside its regressions."""

CORPUS_MAX_BYTES = 6 * 1024
"""All of them together."""


@dataclass(frozen=True, slots=True)
class Target:
    """One door.

    Attributes:
        name: also of its module and of its directory in the corpus, with ``-`` for ``_``.
        subject: what is fuzzed.
        escapes: the documented exceptions; whatever else comes out is a finding.
        holds: what must hold beside that.
    """

    name: str
    subject: str
    escapes: str
    holds: str = ""

    @property
    def corpus(self) -> Path:
        """Directory of the committed inputs."""
        return CORPUS / self.name

    def inputs(self) -> list[Path]:
        """The committed inputs, in a stable order."""
        return sorted(self.corpus.glob("*"))

    def load(self) -> Callable[[bytes], None]:
        """The function that raises when an input is a finding; its module is imported now."""
        module = import_module(f"fuzzing.targets.{self.name.replace('-', '_')}")
        return cast("Callable[[bytes], None]", module.fuzz)


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("messages", "the decoder of every struct and union in `xdr/`", "`MalformedMessage`",
               "what was decoded is encoded as the same bytes; the reference codec says the same"),
        Target("encoders", "the encoder of every struct and union", "`UnencodableMessage`",
               "what was encoded is decoded as an equal value"),
        Target("handshake", "both sides of the handshake, in both roles", "`ProtocolViolation`",
               "what was changed on the way is never proven"),
        Target("proofs", "certificates, inclusion and state proofs, appointments", "`VerificationError`",
               "nothing that was not so is ever proven"),
        Target("connection", "frames between members, and the last word after a broken one", "`ProtocolViolation`",
               "the last word can always be sent"),
        Target("replica", "an auditor's replica, led by an alpha and auditors that lie together",
               "`ProtocolViolation`, `Divergence`",
               "one vote for one place; what is final stays; an honest alpha is followed"),
        Target("session", "a client's session at the gateway, with the gateway and the core behind it", "none",
               "nothing is said after the last word; the same frames get the same answers; money is conserved"),
        Target("alpha", "alpha's herald, against auditors that lie together", "`ProtocolViolation`, `LinkOverflow`",
               "one final batch in one place; whatever it sends has an encoding"),
        Target("snapshot", "a snapshot of the state on its way between members", "`ProtocolViolation`",
               "no state comes out that never was"),
        Target("quanta", "the core, executing what alpha, auditors and traders have signed together", "`Rejection`",
               "a refusal changes nothing; money is conserved; the state can be restored from its entries"),
        Target("client", "the SDK's client, its methods and its events, against an alpha that lies with its own keys",
               "`SdkError`", "every method ends"),
        Target("texts", "keys, assets, amounts, prices, addresses of hosts, cursors",
               "`ValueError`, `InvalidRequest`, `ConfigurationError`, `Problem`",
               "one key has one text; amounts are exact; what is rounded is rounded down"),
        Target("documents", "settings, appointments, refund plans and balance proofs in JSON",
               "`ValueError`, `RefundRefused`, `VerificationFailed`",
               "what was read is written the same; a changed proof proves nothing else"),
        Target("configuration", "an operator's plan, configuration, settings and changes of them; a node's own files",
               "`ConfigurationError`, `KeyFileError`"),
        Target("signer", "a signer's questions, from a node that somebody has taken over", "none",
               "one header for a place, and nothing that a promise forbids"),
        Target("sandbox", "the sandbox ledger's HTTP: Horizon's requests, and the commands in JSON that control it",
               "none", "no answer is 500"),
        Target("status", "a node's HTTP port", "none", "no answer is 500; how a request is cut makes no difference"),
        Target("horizon", "a Horizon server's documents and streams", "`MalformedAnswer`, `NetworkUnavailable`",
               "how a stream is cut makes no difference; what is kept of it is bounded"),
        Target("records", "the ledger's transactions, with their XDR", "`UndecodableTransaction`",
               "what is told has a place in a ledger report"),
        Target("archive", "archives: damaged files, and whole ones that lie", "`ArchiveRefuted`, `UnusableArchive`",
               "nothing is proved that was not so, unless alpha and a quorum lie together"),
        Target("log", "a node's log in its file, damaged or forged",
               "`DamagedLog`, `StorageFailure`, `LogMismatch`, `Divergence`", "no state comes out that never was"),
    )
}  # fmt: skip

_PAGE = Path(__file__).parent.parent / "docs" / "internals" / "fuzzing.md"
_BEGIN, _END = "<!-- targets -->\n", "<!-- end of targets -->\n"


def documented() -> str:
    """The page about fuzzing as it should be, with the table of all targets."""
    before, _, rest = _PAGE.read_text("utf-8").partition(_BEGIN)
    rows = [
        f"| `{target.name}` | {target.subject} | {target.escapes} | {target.holds} |\n" for target in TARGETS.values()
    ]
    table = "| target | subject | may escape | must hold |\n| --- | --- | --- | --- |\n" + "".join(rows)
    return before + _BEGIN + table + _END + rest.partition(_END)[2]


if __name__ == "__main__":
    _PAGE.write_text(documented(), "utf-8")
