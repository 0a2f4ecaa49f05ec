import json
import logging
import sys
from typing import Any

import pytest

from constellation.node.logs import configure_logging

pytestmark = pytest.mark.usefixtures("restored_logging")

log = logging.getLogger("constellation.example")

HOSTILE = [
    "two\nlines",
    "carriage\rreturn",
    "\x1b[2J\x1b[31mclears and reddens\x1b[0m",
    "\x9b31mthe same in one character",
    "\x1b]0;title\x07",
    "right to left \u202e",
    "line\u2028and\u2029paragraph",
    "back\x08space \x00 \x7f",
    "next\x85line \x0b \x0c",
]


def text_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def json_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_lines(capsys)]


def test_text_is_one_readable_line_with_extra_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text", "alpha")
    log.info("batch %d stored", 7, extra={"apex": 12, "reason": "two words"})
    (line,) = text_lines(capsys)
    assert "[info     ] batch 7 stored" in line
    assert "apex=12" in line
    assert "reason='two words'" in line
    assert line.startswith("2")
    assert "\x1b" not in line


def test_json_is_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json", "auditor-1")
    log.warning("late", extra={"batch": 3, "key": b"\x00", "nested": {"a": [1]}})
    (event,) = json_lines(capsys)
    timestamp = event.pop("ts")
    assert timestamp.endswith("Z")
    assert event == {
        "node": "auditor-1",
        "event": "late",
        "level": "warning",
        "logger": "constellation.example",
        "batch": 3,
        "key": "b'\\x00'",
        "nested": {"a": [1]},
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_levels_below_the_chosen_one_are_left_out(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure_logging("WARNING", log_format, "alpha")
    log.info("not shown")
    log.warning("shown")
    (line,) = text_lines(capsys)
    assert "shown" in line


def test_libraries_do_not_chatter(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("DEBUG", "text", "alpha")
    logging.getLogger("websockets").debug("frame")
    logging.getLogger("websockets.server").info("connection open")
    logging.getLogger("aiohttp.access").info("GET")
    log.debug("shown")
    assert len(text_lines(capsys)) == 1


def test_configuring_twice_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text", "alpha")
    configure_logging("INFO", "text", "alpha")
    log.info("once")
    assert len(text_lines(capsys)) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_foreign_text_stays_within_its_line(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    configure_logging("INFO", "text", "alpha")
    log.info("memo %s", hostile, extra={"memo": hostile, "many": [hostile], "by_name": {"memo": hostile}})
    (line,) = text_lines(capsys)
    assert line.isprintable()
    assert hostile not in line


@pytest.mark.parametrize("hostile", HOSTILE)
def test_foreign_text_stays_within_its_json_string(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    configure_logging("INFO", "json", "alpha")
    log.info("memo", extra={"memo": hostile})
    (event,) = json_lines(capsys)
    assert event["memo"] == hostile


def fail(reason: str) -> None:
    local_secret = "SECRET" + "SEED"
    raise ValueError(reason + local_secret[:0])


def test_an_exception_in_text_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text", "alpha")
    try:
        fail("bad memo\n2026-11-20T00:00:00Z [info     ] all is well \x1b[2J")
    except ValueError:
        log.exception("failed", extra={"memo": "x"})
    first, *rest = text_lines(capsys)
    assert "[error    ] failed" in first
    assert all(line.startswith("    ") and line.isprintable() for line in rest if line)
    assert "    ValueError: bad memo" in rest
    assert any("fail(" in line for line in rest)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_exception_does_not_show_local_variables(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure_logging("INFO", log_format, "alpha")
    try:
        fail("bad")
    except ValueError:
        log.exception("failed")
    assert "SECRETSEED" not in capsys.readouterr().err


def test_an_exception_in_json_is_one_field(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json", "alpha")
    try:
        fail("bad")
    except ValueError:
        log.exception("failed")
    (event,) = json_lines(capsys)
    assert event["exception"].startswith("Traceback (most recent call last)")
    assert event["exception"].endswith("ValueError: bad")
    assert "exc_info" not in event


def test_colours_are_for_terminals_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logging("INFO", "text", "alpha")
    log.info("memo", extra={"memo": "\x1b[2J"})
    written = capsys.readouterr().err
    assert "\x1b[32m" in written
    assert "\x1b[2J" not in written
