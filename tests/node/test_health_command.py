"""``constellation health`` finds a node by its configuration, and can wait for it."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode


class _Node(BaseHTTPRequestHandler):
    """Is ready from the third question on."""

    asked: list[str] = []  # noqa: RUF012  # of one test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if len(self.asked) > 2 else 503)
        self.end_headers()
        self.wfile.write(b'{"ready": true}')

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    _Node.asked.clear()
    with HTTPServer(("127.0.0.1", 0), _Node) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        path = tmp_path / "node.toml"
        path.write_text(f'http_listen = "0.0.0.0:{server.server_port}"\n')
        yield path
        server.shutdown()
        thread.join()


def health(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["health", *arguments], prog_name="constellation")


def test_it_asks_once_where_the_configuration_says(config: Path) -> None:
    result = health("--config", str(config))
    assert result.exit_code == ExitCode.FAILED
    assert "/readyz answered 503" in result.stderr
    assert _Node.asked == ["/readyz"]


def test_it_waits_until_the_node_is_ready(config: Path) -> None:
    result = health("--config", str(config), "--wait-s", "30")
    assert (result.exit_code, result.stdout) == (0, '{"ready": true}\n')
    assert len(_Node.asked) == 3


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    begin_s = time.monotonic()
    result = health("--url", "http://127.0.0.1:1/readyz", "--wait-s", "0.7")
    assert result.exit_code == ExitCode.FAILED
    assert "gave no answer" in result.stderr
    assert 0.5 <= time.monotonic() - begin_s < 5


def test_one_place_is_asked(config: Path) -> None:
    assert health("--config", str(config), "--url", "http://127.0.0.1:1/readyz").exit_code == ExitCode.USAGE
    assert health("--config", "nowhere.toml").exit_code == ExitCode.CONFIGURATION
