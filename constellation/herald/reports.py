"""Collecting the auditors' ledger reports until a quorum says the same."""

from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    AuditorSignature,
    Code,
    LedgerCommit,
    LedgerReport,
    Settings,
    SignedLedgerReport,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import Purpose, Signer, settings_constellation_id, signing_hash, verify
from constellation.protocol.terms import Terms


def report_digest(settings: Settings, xdr: bytes) -> bytes:
    """What an auditor signs for an encoded report."""
    return signing_hash(Purpose.LEDGER_REPORT, settings_constellation_id(settings), xdr)


def sign_report(settings: Settings, signer: Signer, report: LedgerReport) -> SignedLedgerReport:
    """An auditor's signed report."""
    return SignedLedgerReport(
        report, signer.sign_message(Purpose.LEDGER_REPORT, settings_constellation_id(settings), report.to_xdr())
    )


class ReportDesk:
    """The latest report of each auditor; nothing expires, a newer one replaces the older.

    Args:
        terms: the auditors of the last one report.
    """

    def __init__(self, terms: Terms) -> None:
        self._settings = terms.settings
        self._auditors = terms.members.auditors
        self._quorum = quorum_of(terms.members)
        self._latest: dict[bytes, tuple[bytes, SignedLedgerReport]] = {}

    def receive(self, auditor: bytes, signed: SignedLedgerReport) -> None:
        """Keep the report of an authenticated auditor.

        Raises:
            ProtocolViolation: BAD_SIGNATURE.
        """
        if auditor not in self._auditors:
            return
        xdr = signed.report.to_xdr()
        if not verify(auditor, report_digest(self._settings, xdr), signed.signature):
            raise ProtocolViolation(Code.BAD_SIGNATURE, "the signature of a ledger report does not fit")
        self._latest[auditor] = (xdr, signed)

    def commit(self, cursor: int) -> LedgerCommit | None:
        """What a quorum reports to follow ``cursor``, if there is such a thing."""
        groups: dict[bytes, list[bytes]] = {}
        for auditor, (xdr, signed) in self._latest.items():
            if signed.report.previous == cursor:
                groups.setdefault(xdr, []).append(auditor)
        for signers in groups.values():
            if len(signers) >= self._quorum:
                signatures = [AuditorSignature(key, self._latest[key][1].signature) for key in signers]
                return LedgerCommit(self._latest[signers[0]][1].report, signatures)
        return None

    def disagreement(self, cursor: int) -> bool:
        """Whether auditors report different things to follow ``cursor``: somebody lags, or lies."""
        reports = {xdr: None for xdr, signed in self._latest.values() if signed.report.previous == cursor}
        return len(reports) > 1
