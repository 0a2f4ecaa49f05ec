"""Remembers over a restart what the operator was told: a node that ends again and again tells it once."""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from constellation.node.documents import MALFORMED
from constellation.node.notices.desk import CONDITIONS_MAX, Condition, Standing
from constellation.node.notices.kinds import Kind
from constellation.node.refund_record import replace_file

log = logging.getLogger(__name__)

FILE = "notices.json"


def recall(path: Path, now_us: int) -> list[Standing]:
    """What was told in an earlier life; nothing when that is not known.

    Args:
        path: of the file.
        now_us: what is gone by now, is gone from now on.
    """
    try:
        found = json.loads(path.read_text("utf-8"))["told"]
        return [_standing(item, now_us) for item in found[:CONDITIONS_MAX]]
    except FileNotFoundError:
        return []
    except (OSError, *MALFORMED) as error:
        log.warning("what was told before is not known", extra={"path": str(path), "reason": f"{error!r:.100}"})
        return []


def _standing(item: dict[str, str | int], now_us: int) -> Standing:
    condition = Condition(Kind[str(item["what"]).upper()], str(item["subject"]), str(item["detail"]))
    return Standing(condition, int(item["since_us"]), now_us, int(item["told_us"]))


def keep(path: Path, told: Iterable[Standing]) -> None:
    """Write down what was told; a disk that does not take it only means that it may be told again."""
    fields = [
        {
            "what": item.condition.kind.word,
            "subject": item.condition.subject,
            "detail": item.condition.detail,
            "since_us": item.since_us,
            "told_us": item.told_us,
        }
        for item in told
    ]
    try:
        replace_file(path, json.dumps({"told": fields}).encode() + b"\n")
    except OSError as error:
        log.warning("what was told is not kept", extra={"path": str(path), "reason": error.strerror})
