"""Where a NATS server is, who one is there, and what happens when it is away or asleep."""

import asyncio
import base64
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from constellation.node import nats_link, stream_service
from constellation.node.config import ChroniclerSection, ConfigurationError, NodeConfig, load_config
from constellation.node.nats_credentials import NatsCredentials, _crc16
from constellation.node.nats_link import NATS_FAILURES, NatsLink, failure_text
from constellation.node.secret_files import KeyFileError
from constellation.node.stream_service import StreamPublishing, stream_source
from constellation.protocol.signing import KeyPair
from tests.chronicler.chain import Chain
from tests.chronicler.streams import Chronicle, NatsServer, NatsSide

OPERATOR, ACCOUNT, USER = 14 << 3, 0, 20 << 3


def encode(data: bytes) -> str:
    return base64.b32encode(data + _crc16(data).to_bytes(2, "little")).decode().rstrip("=")


def public(kind: int, key: KeyPair) -> str:
    return encode(bytes([kind]) + key.public)


def seed(kind: int, key: KeyPair) -> str:
    return encode(bytes([18 << 3 | kind >> 5, (kind & 31) << 3]) + key.seed)


def token(issuer: str, signer: KeyPair, subject: str, claims: dict[str, Any]) -> str:
    def part(document: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    body = {"jti": "1", "iat": 1, "iss": issuer, "sub": subject, "name": "test", "nats": {"version": 2, **claims}}
    text = f"{part({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{part(body)}"
    return f"{text}.{base64.urlsafe_b64encode(signer.sign(text.encode())).decode().rstrip('=')}"


def credentials(jwt: str, key: KeyPair) -> str:
    return (
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed(USER, key)}\n------END USER NKEY SEED------\n"
    )


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain(seed=2, batches=10, quanta=5)


@pytest.fixture
def chronicle(tmp_path: Path, chain: Chain) -> Iterator[Chronicle]:
    chronicle = Chronicle(tmp_path / "c.sqlite", chain.world.settings)
    yield chronicle
    chronicle.close()


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A server that lets in one user, by credentials."""
    operator, account, user, system = (KeyPair(bytes([number]) * 32) for number in (1, 2, 3, 4))
    unlimited = {"subs": -1, "data": -1, "payload": -1}
    storage = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    limits = {**unlimited, **storage, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1}
    names = {"operator": public(OPERATOR, operator), "account": public(ACCOUNT, account)}
    operator_jwt = token(names["operator"], operator, names["operator"], {"type": "operator"})
    account_jwt = token(names["operator"], operator, names["account"], {"type": "account", "limits": limits})
    user_jwt = token(names["account"], account, public(USER, user), {"type": "user", **unlimited})
    write(tmp_path / "user.creds", credentials(user_jwt, user))
    system_name = public(ACCOUNT, system)
    system_jwt = token(names["operator"], operator, system_name, {"type": "account"})
    options = (
        f"operator: {operator_jwt}\nsystem_account: {system_name}\nresolver: MEMORY\n"
        f"resolver_preload: {{ {names['account']}: {account_jwt}, {system_name}: {system_jwt} }}"
    )
    server = NatsServer(tmp_path / "nats", options)
    server.start()
    try:
        await server.ready()
        yield server
    finally:
        server.kill()


async def test_credentials_let_one_in(guarded: NatsServer, tmp_path: Path) -> None:
    link = NatsLink(guarded.section(nats_credentials_file=tmp_path / "user.creds"), "test")
    assert (await (await link.stream()).account_info()).streams == 0
    await link.close()


async def test_without_credentials_one_stays_outside(guarded: NatsServer) -> None:
    link = NatsLink(guarded.section(), "test")
    with pytest.raises(NATS_FAILURES) as failure:
        await link.client()
    assert "uthorization" in failure_text(failure.value)
    await link.close()


KEY = KeyPair(b"\x07" * 32)
GOOD = credentials("a.b.c", KEY)


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        (GOOD, 0o640, "can be read by others"),
        ("", 0o600, "holds no NATS credentials"),
        (GOOD.replace("USER JWT", "JWT"), 0o600, "holds no NATS credentials"),
        (GOOD.replace(seed(USER, KEY), seed(ACCOUNT, KEY)), 0o600, "not a user's"),
        (GOOD.replace(seed(USER, KEY), seed(USER, KEY)[:-1]), 0o600, "damaged"),
        (GOOD.replace(seed(USER, KEY), "A"), 0o600, "damaged"),
    ],
)
def test_bad_credentials_are_refused_and_not_repeated(tmp_path: Path, text: str, mode: int, message: str) -> None:
    with pytest.raises(KeyFileError, match=message) as failure:
        NatsCredentials(write(tmp_path / "creds", text, mode))
    assert seed(USER, KEY)[:20] not in str(failure.value)


def test_missing_credentials_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        NatsCredentials(tmp_path / "creds")


def test_the_signature_is_the_users() -> None:
    """Against the example in NATS's own documentation of keys: the prefix of a user's seed and key is SU and U."""
    assert seed(USER, KEY).startswith("SU")
    assert public(USER, KEY).startswith("U")


@pytest.mark.parametrize(
    "url", ["nats://user:hunter2@host:4222", "nats://hunter2@host", "tls://:hunter2@host", "//u:hunter2@host"]
)
def test_a_password_in_the_url_is_refused_and_not_repeated(url: str, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[chronicler]\nnats_url = "{url}"\n')
    with pytest.raises(ConfigurationError, match="nats_credentials_file") as failure:
        load_config(config, {})
    assert "hunter2" not in str(failure.value)


@pytest.mark.parametrize("url", ["http://host", "nats://", "host:4222", "nats://host:0", "nats://host?x=1"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"nats://|no .* address"):
        load_config(None, {"chronicler.nats_url": url})


def test_authorities_must_be_readable(tmp_path: Path) -> None:
    section = ChroniclerSection(nats_url="tls://127.0.0.1:4222", nats_ca_file=tmp_path / "ca.pem")
    with pytest.raises(ConfigurationError, match="nats_ca_file"):
        NatsLink(section, "test")
    write(tmp_path / "ca.pem", "nothing")
    with pytest.raises(ConfigurationError, match="nats_ca_file"):
        NatsLink(section, "test")


def test_what_cannot_be_is_said_at_the_start(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, url = chain.world.settings, "nats://127.0.0.1:1"

    def feed(**section: Any) -> None:
        config = NodeConfig(chronicler=ChroniclerSection(**section))
        stream_source(config, settings, None, CollectorRegistry())

    with pytest.raises(ConfigurationError, match="name a NATS server"):
        feed()
    with pytest.raises(ConfigurationError, match="does not publish"):
        feed(nats_url=url, nats_publish=True)
    with pytest.raises(ConfigurationError, match="name a NATS server"):
        StreamPublishing(ChroniclerSection(nats_publish=True), settings, CollectorRegistry())
    assert StreamPublishing(ChroniclerSection(nats_url=url), settings, CollectorRegistry()).problem is None
    monkeypatch.setattr(stream_service, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r'pip install "constellation\[nats\]"'):
        feed(nats_url=url)


def test_nats_is_imported_only_where_it_is_used() -> None:
    code = "import constellation.node.chronicler_commands, sys; assert 'nats' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_a_publisher_waits_for_a_server_that_is_away_or_asleep(
    tmp_path: Path, chronicle: Chronicle, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_link, "_CONNECT_TIMEOUT_S", 0.5)
    monkeypatch.setattr(nats_link, "_REQUEST_TIMEOUT_S", 0.5)
    server = NatsServer(tmp_path / "nats")
    chronicle.take(chain, 6)
    side = NatsSide(chronicle, server)
    await side.start()
    try:
        await problem(side, "nothing is published to NATS: ")
        assert side.sample("failures_total") >= 1
        server.start()
        await problem(side, None)
        assert server._process is not None
        server._process.send_signal(signal.SIGSTOP)
        chronicle.take(chain)
        side.moved()
        await problem(side, "nothing is published to NATS: ")
        server._process.send_signal(signal.SIGCONT)
        await problem(side, None)
        async with asyncio.timeout(10):
            while side.sample("batch") < chronicle.number:
                await asyncio.sleep(0.02)
    finally:
        await side.stop()
        server.kill()


async def problem(side: NatsSide, begin: str | None) -> None:
    """Wait until the publisher has a problem, or none."""
    async with asyncio.timeout(15):
        while True:
            now = side.publisher.problem
            if now is None if begin is None else now is not None and now.startswith(begin):
                return
            await asyncio.sleep(0.02)


async def test_closing_does_not_wait_for_a_server_that_is_asleep(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats")
    server.start()
    await server.ready()
    link = NatsLink(server.section(), "test")
    await link.client()
    assert server._process is not None
    server._process.send_signal(signal.SIGSTOP)
    with suppress(*NATS_FAILURES):
        async with asyncio.timeout(5):
            await link.close()
    server.kill()
