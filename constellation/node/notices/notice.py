"""One message to an operator, and the forms in which it is sent."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from constellation.node.notices.kinds import PAGE, Kind, Severity

VERSION = 1

_TEXT_MAX_CHARACTERS = 1000
_SECRETS = re.compile(r"(?<=://)[^/@\s]*@|\bS[A-Z2-7]{55}\b")
"""User and password in a URL, and seeds of Stellar keys: some library's words may repeat them."""


class Change(Enum):
    """What has happened to what a notice tells of."""

    BEGUN = "begun"
    LASTS = "lasts"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who speaks.

    Attributes:
        role: ``alpha`` or ``auditor``.
        node: its address.
        constellation: its id, hexadecimal.
    """

    role: str
    node: str
    constellation: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What an operator is told.

    Attributes:
        identity: of the node.
        kind: what it is about.
        subject: which one of several, such as an asset; empty where there is only one.
        change: what has happened to it.
        since_us: when it began.
        at_us: when this was written.
        detail: what exactly was found.
    """

    identity: Identity
    kind: Kind
    subject: str
    change: Change
    since_us: int
    at_us: int
    detail: str

    @property
    def severity(self) -> Severity:
        """How urgent it is; that something is resolved goes wherever its beginning went."""
        return self.kind.value.severity

    @property
    def id(self) -> str:
        """The same for every attempt to deliver it, and for nothing else."""
        words = (
            self.identity.node,
            self.kind.word,
            self.subject,
            self.change.value,
            str(self.since_us),
            str(self.at_us),
        )
        return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """What has happened, in one line."""
        ends = "resolved: " if self.change is Change.RESOLVED else "still: " if self.change is Change.LASTS else ""
        subject = f" ({self.subject})" if self.subject else ""
        detail = f": {self.detail}" if self.detail else ""
        return _line(f"{ends}{self.kind.value.title}{subject}{detail}")

    @property
    def subject_line(self) -> str:
        """What a mail has on top."""
        return _line(f"[{self.severity.word}] {self.identity.role} {self.identity.node[:8]}: {self.text}")[:150]

    def to_json(self) -> dict[str, Any]:
        """As webhooks and commands get it."""
        resolved = self.change is Change.RESOLVED
        return {
            "version": VERSION,
            "id": self.id,
            "constellation": self.identity.constellation,
            "node": self.identity.node,
            "role": self.identity.role,
            "what": self.kind.word,
            "subject": self.subject,
            "change": self.change.value,
            "severity": self.severity.word,
            "since": _moment(self.since_us),
            "at": _moment(self.at_us),
            "text": self.text,
            "advice": "" if resolved else self.kind.value.advice,
            "page": f"{PAGE}#{self.kind.word}",
        }

    def to_text(self) -> str:
        """As a mail says it."""
        fields = self.to_json()
        lines = [fields["text"], "", fields["advice"], "", f"See {fields['page']}.", ""]
        named = ("constellation", "node", "role", "what", "subject", "change", "severity", "since", "at", "id")
        return "\n".join([*lines, *(f"{name}: {fields[name]}" for name in named if fields[name])]) + "\n"


def _moment(time_us: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _line(text: str) -> str:
    """One bounded line, without what must not leave the machine."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return _SECRETS.sub(_hidden, printable).strip()[:_TEXT_MAX_CHARACTERS]


def _hidden(found: re.Match[str]) -> str:
    return "[hidden]@" if found[0].endswith("@") else "[hidden]"
