"""A whole constellation over TLS: auditors, traders and commands by wss://, and certificates that change meanwhile."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from constellation.herald.client import ClusterClient
from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.terms import Terms
from constellation.sdk import Client, ClientOptions, ConnectionClosed
from constellation.sdk.certificates import trusting
from tests.node.certificates import Authority

pytestmark = pytest.mark.timeout(120)


class SecureSandbox(Sandbox):
    """Alpha shows a certificate, and auditors trust its authority alone."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "sandbox", close_interval_s=0.25)
        self.authority = Authority(directory / "authority")
        self.certificate, self.key = directory / "alpha.pem", directory / "alpha.key"
        self.authority.issue(self.certificate, self.key)
        self.client_url = f"wss://localhost:{self.ports.client}"

    def _config(self, node: str, http_port: int) -> str:
        text = super()._config(node, http_port)
        if node == "alpha":
            return f'{text}tls_certificate_file = "{self.certificate}"\ntls_key_file = "{self.key}"\n'
        return text.replace("ws://127.0.0.1", "wss://localhost") + f'alpha_ca_file = "{self.authority.file}"\n'

    async def client(self, **options: object) -> Client:
        return await Client.connect(
            self.client_url, self.settings, new_key_pair(), ClientOptions(ca_file=self.authority.file, **options)
        )

    async def state(self) -> dict[str, object]:
        return await self.status("alpha")

    async def until_certificate_is_replaced(self, expires: object) -> None:
        async with asyncio.timeout(20):
            while (await self.state())["tls_certificate_expires"] == expires:
                await asyncio.sleep(0.1)


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[SecureSandbox]:
    sandbox = SecureSandbox(tmp_path)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


class Nobody:
    """Stands for an auditor's node."""

    async def alpha_up(self, terms: Terms) -> None:
        raise AssertionError

    async def alpha_message(self, message: object) -> None:
        raise AssertionError

    async def alpha_down(self) -> None:
        raise AssertionError


async def command(sandbox: SecureSandbox, **environment: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "constellation.node.cli", "proposals", "--url", sandbox.client_url,
        "--settings-file", str(sandbox.settings_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **environment},
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_everybody_connects_by_tls_and_certificates_change_without_a_restart(
    secure: SecureSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    client = await secure.client()
    await client.account()
    with pytest.raises(ConnectionClosed, match="CERTIFICATE_VERIFY_FAILED"):
        await Client.connect(secure.client_url, secure.settings, new_key_pair())
    assert (await command(secure, SSL_CERT_FILE=str(secure.authority.file)))[0] == 0
    code, output = await command(secure)
    assert code != 0
    assert "CERTIFICATE_VERIFY_FAILED" in output

    before = (await secure.state())["tls_certificate_expires"]
    await asyncio.sleep(1)  # its end is told to the second
    secure.authority.issue(secure.certificate, secure.key, days=60)
    await secure.until_certificate_is_replaced(before)
    await client.account()
    async with await secure.client() as another:
        await another.account()

    expired_by = (await secure.state())["tls_certificate_expires"]
    secure.authority.issue(secure.certificate, secure.key, days=-1)
    await secure.until_certificate_is_replaced(expired_by)
    assert "the TLS certificate has expired" in (await secure.state())["reasons"]
    begun = time.monotonic()
    with pytest.raises(ConnectionClosed, match="certificate has expired"):
        await secure.client(reconnect_s=1.0)
    assert time.monotonic() - begun < 10

    caplog.set_level(logging.ERROR)
    url = f"wss://localhost:{secure.ports.cluster}"
    auditor = ClusterClient(
        Terms(secure.settings), secure.keys["auditor-1"], url, Nobody(), Random(1), trusting(secure.authority.file)
    )
    running = asyncio.create_task(auditor.run())
    await asyncio.sleep(2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    found = [record.__dict__["reason"] for record in caplog.records if "no TLS connection" in record.message]
    assert found == ["certificate has expired"], "once, however often it is tried"
    await client.account()
    await client.close()
