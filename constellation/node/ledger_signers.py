"""Who may sign for the vault on the ledger, as an auditor's node knows it: shown at its status, asked by commands."""

from typing import Any

from constellation.node.config import ConfigurationError
from constellation.node.documents import MALFORMED
from constellation.node.status_list import read_status
from constellation.protocol.messages import Appointment, LedgerSigners, QuorumRule
from constellation.protocol.quorum import Members
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.terms import Terms, succession_problem
from constellation.quanta import State
from constellation.stellarlink.task_check import possible_signers


def ledger_signers_json(state: State) -> dict[str, Any]:
    """The term in force, the signers that the ledger has, and those that it may have taken already."""
    possible = [
        {
            "auditors": [encode_public_key(key) for key in signers.auditors],
            "quorum_rule": signers.quorum_rule.name.lower(),
        }
        for signers in possible_signers(state)
    ]
    return {"term": state.term, "possible": possible}


def check_can_follow(terms: Terms, appointment: Appointment, status_url: str | None) -> None:
    """Refuse other auditors who could not sign for the vault as long as the ledger lags behind.

    The vault's signers follow by a transaction that may come late. Until then those sign whom the ledger has, and only
    auditors in force can: so of everybody whom the ledger may have when the term begins, a quorum must stay. Where no
    auditor changes, nothing is asked: another alpha can be appointed at any time.

    Args:
        terms: those in force; the appointment follows them, or is their last one.
        appointment: to be proposed or signed.
        status_url: of an auditor's HTTP port, which knows the ledger; only needed where auditors change.

    Raises:
        ConfigurationError: they cannot follow yet, or nobody says whether they can.
    """
    before = terms.members_in(appointment.term - 1)
    if (before.auditors, before.quorum_rule) == (appointment.auditors, appointment.quorum_rule):
        return
    if status_url is None:
        raise ConfigurationError(
            "--status-url: give your own auditor's, such as http://127.0.0.1:7000; other auditors are only signed for "
            "when they can follow whom the ledger has as the vault's signers, and your node knows those"
        )
    term, possible = _read(status_url)
    later: list[Members] = [terms.members_in(number) for number in range(term + 1, appointment.term)]
    for signers in (*possible, *later):
        problem = succession_problem(terms.settings, signers, appointment)
        if problem is not None:
            raise ConfigurationError(
                f"the vault's signers on the ledger may still be those of an earlier term, who must be able to sign: "
                f"{problem}, or wait until the ledger has taken the last change; alpha logs then: task submitted "
                "kind=signers outcome=included"
            )


def _read(status_url: str) -> tuple[int, list[LedgerSigners]]:
    status = read_status(status_url)
    try:
        shown = status["ledger_signers"]
        return int(shown["term"]), [
            LedgerSigners([decode_public_key(key) for key in item["auditors"]], QuorumRule[item["quorum_rule"].upper()])
            for item in shown["possible"]
        ]
    except MALFORMED as error:
        raise ConfigurationError(f"--status-url: {status_url} does not show whom the ledger has: {error}") from None
