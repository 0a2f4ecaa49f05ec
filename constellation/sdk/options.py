"""What a program may choose about its client."""

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import settings_from_json


@dataclass(slots=True, frozen=True)
class ClientOptions:
    """Times and bounds of a client.

    Attributes:
        validity_s: how long a request may be executed after it was signed.
        timeout_s: how long a method waits for an answer before it raises ``OutcomeUnknown``.
        clock_ahead_max_s: how far alpha's clock may be ahead of this computer's; beyond it is ``ClocksDiffer``.
        reconnect_s: how long a lost connection is tried to be opened again.
        backoff_s: the pause after the first attempt; later ones are a quarter of the time that it has been lost.
        backoff_max_s: the longest pause.
        auditor_urls: of auditors' HTTP ports, ``http://…``: asked whether there is another alpha when it is lost,
            and by ``Client.ask_auditors`` to pass on a request.
        events: that wait for the program; further ones become a ``Gap``.
        ca_file: certificate authorities, in PEM, to trust with ``wss://`` instead of the system's.
    """

    validity_s: int = 30
    timeout_s: float = 30.0
    clock_ahead_max_s: float = 300.0
    reconnect_s: float = 60.0
    backoff_s: float = 0.1
    backoff_max_s: float = 5.0
    auditor_urls: tuple[str, ...] = ()
    events: int = 10_000
    ca_file: Path | None = None


def load_settings(source: Settings | str | PathLike[str]) -> Settings:
    """Settings as given, or from the JSON document at a path.

    Raises:
        OSError: the document cannot be read.
        ValueError: it does not describe settings.
    """
    if isinstance(source, Settings):
        return source
    text = Path(source).read_text(encoding="utf-8")
    try:
        return settings_from_json(json.loads(text))
    except RecursionError:
        raise ValueError(f"{source} is nested too deep to describe settings") from None
