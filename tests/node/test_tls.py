"""TLS with real certificates: loaded, replaced while connections are open, refused, expired."""

import asyncio
import logging
import os
import re
import signal
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from constellation.node import tls
from constellation.node.certificates import CertificateUnreadable, expires_at
from constellation.node.config import AlphaSection, ConfigurationError
from constellation.node.tls import ServerCertificate, server_certificate
from constellation.sdk.certificates import trusting
from tests.node.certificates import Authority, openssl


def encrypt(key: Path) -> None:
    openssl("ec", "-in", key, "-aes128", "-passout", "pass:secret", "-out", key, directory=key.parent)


class Files:
    """The files of one server."""

    def __init__(self, directory: Path, authority: Authority) -> None:
        self.authority = authority
        self.certificate, self.key = directory / "alpha.pem", directory / "alpha.key"
        self.registry = CollectorRegistry()
        self.authority.issue(self.certificate, self.key)

    def load(self) -> ServerCertificate:
        return ServerCertificate(self.certificate, self.key, self.registry)

    def value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def files(tmp_path: Path, authority: Authority) -> Files:
    return Files(tmp_path, authority)


class Port:
    """Listens with a certificate."""

    def __init__(self, certificate: ServerCertificate, authority: Authority) -> None:
        self.certificate = certificate
        self.authority = authority

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.certificate.context)
        self.number = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(10))
        await reader.read()
        writer.close()

    async def serial(self, name: str | None = "localhost", context: ssl.SSLContext | None = None) -> str:
        """Of the certificate that a new connection is shown."""
        context = context or trusting(self.authority.file)
        context.check_hostname = name is not None
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.number, ssl=context, server_hostname=name or ""
        )
        writer.write(b"hello")
        assert await reader.read(10) == b"hello"
        number = writer.get_extra_info("peercert")["serialNumber"]
        writer.transport.abort()
        return str(number)


@pytest.fixture
async def port(files: Files) -> AsyncIterator[Port]:
    port = Port(files.load(), files.authority)
    await port.start()
    yield port
    port.server.close()


async def test_new_connections_are_shown_the_new_certificate_and_open_ones_stay(files: Files, port: Port) -> None:
    old = await port.serial()
    context = trusting(files.authority.file)
    reader, writer = await asyncio.open_connection("127.0.0.1", port.number, ssl=context)
    files.authority.issue(files.certificate, files.key)
    assert await port.serial() == old, "nobody has asked for it yet"
    port.certificate.reload()
    new = await port.serial()
    assert new != old
    assert await port.serial(name=None) == new, "also without a server's name"
    writer.write(b"still")
    assert await reader.read(10) == b"still"
    writer.transport.abort()
    assert files.value("constellation_tls_reloads_total", result="loaded") == 1


async def test_a_pair_that_does_not_fit_changes_nothing(files: Files, port: Port, caplog) -> None:
    old, expiry = await port.serial(), port.certificate.expires
    key = files.key.read_bytes()
    files.authority.issue(files.certificate, files.key)
    files.key.write_bytes(key)
    port.certificate.reload()
    assert await port.serial() == old
    assert port.certificate.expires == expiry
    assert port.certificate.worries == [
        f"the new TLS certificate is not used: {files.certificate} and {files.key}: key values mismatch"
    ]
    assert "the new TLS certificate is not used" in caplog.text
    assert files.value("constellation_tls_reloads_total", result="refused") == 1
    files.authority.issue(files.certificate, files.key)
    port.certificate.reload()
    assert await port.serial() != old
    assert port.certificate.worries == []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda files: files.certificate.unlink(), "No such file"),
        (lambda files: files.key.unlink(), "cannot be read: No such file"),
        (lambda files: files.certificate.write_text("hello"), "no certificate"),
        (lambda files: files.certificate.write_bytes(b"\xff" * 100), "no certificate"),
        (lambda files: files.key.write_text(""), "no certificate and key in PEM|no start line"),
        (lambda files: files.key.chmod(0o640), r"can be read by others \(mode 0640\); run: chmod 600"),
        (
            lambda files: encrypt(files.key),
            "has a passphrase",
        ),
    ],
)
def test_files_that_cannot_be_used(files: Files, spoil, reason: str) -> None:
    loaded = files.load()
    spoil(files)
    loaded.reload()
    assert loaded.problem is not None
    assert re.search(reason, loaded.problem)
    assert "BEGIN" not in loaded.problem
    with pytest.raises(ConfigurationError, match=reason):
        ServerCertificate(files.certificate, files.key, CollectorRegistry())


async def test_old_versions_of_tls_are_refused(files: Files, port: Port) -> None:
    context = trusting(files.authority.file)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await port.serial(context=context)
    context = trusting(files.authority.file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await port.serial(context=context)


async def test_files_are_loaded_when_both_have_changed_and_on_sighup(files: Files, port: Port, monkeypatch) -> None:
    monkeypatch.setattr(tls, "_LOOK_S", 0.02)
    watching = asyncio.create_task(port.certificate.watch())
    old = await port.serial()
    files.authority.issue(files.certificate, files.key)
    async with asyncio.timeout(5):
        while (second := await port.serial()) == old:
            await asyncio.sleep(0.01)
    assert files.value("constellation_tls_reloads_total", result="refused") == 0
    monkeypatch.setattr(tls, "_LOOK_S", 60.0)
    await asyncio.sleep(0.05)
    files.authority.issue(files.certificate, files.key)
    os.kill(os.getpid(), signal.SIGHUP)
    async with asyncio.timeout(5):
        while await port.serial() == second:
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


async def test_files_that_are_being_replaced_are_left_alone(files: Files, port: Port, monkeypatch) -> None:
    """The key is there before its certificate: that is no reason for an error."""
    monkeypatch.setattr(tls, "_LOOK_S", 0.01)
    old, certificate = await port.serial(), files.certificate.read_bytes()
    files.authority.issue(files.certificate, files.key)
    new = files.certificate.read_bytes()
    files.certificate.write_bytes(certificate)
    await port.certificate._look()
    files.certificate.write_bytes(new)
    await port.certificate._look()
    assert await port.serial() == old
    await port.certificate._look()
    assert await port.serial() != old
    assert files.value("constellation_tls_reloads_total", result="refused") == 0


def test_the_expiry_is_a_metric_and_a_worry(files: Files, caplog) -> None:
    in_90_days = datetime.now(UTC) + timedelta(days=90)
    loaded = files.load()
    value = files.value("constellation_tls_expiry_timestamp_seconds")
    assert abs(value - in_90_days.timestamp()) < 60
    assert loaded.worries == []
    caplog.set_level(logging.WARNING)
    files.authority.issue(files.certificate, files.key, days=3)
    loaded.reload()
    assert loaded.worries == [f"the TLS certificate expires soon: {loaded.expires}"]
    assert "expires soon" in caplog.text
    assert files.value("constellation_tls_expiry_timestamp_seconds") < value
    files.authority.issue(files.certificate, files.key, days=-1)
    loaded.reload()
    assert loaded.worries == ["the TLS certificate has expired"]


def test_expiry_is_what_openssl_says(files: Files) -> None:
    """Both ways in which certificates write a time: they change in 2050."""
    for days in (1, 365, 40 * 365):
        files.authority.issue(files.certificate, files.key, days=days)
        found = expires_at(files.certificate.read_text())
        assert abs(found - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("cut", [0, 1, 5, 40, 100, 200])
def test_what_is_no_certificate_is_unreadable(cut: int) -> None:
    text = ssl.DER_cert_to_PEM_cert(bytes([0x30, 0x82, 0x01, 0x00]) * 60)
    with pytest.raises(CertificateUnreadable):
        expires_at(text[: len(text) - cut])


@pytest.mark.parametrize("name", ["tls_key_file", "tls_certificate_file"])
def test_both_files_are_set_or_neither(tmp_path: Path, name: str) -> None:
    assert server_certificate("alpha", AlphaSection(), CollectorRegistry()) is None
    with pytest.raises(ConfigurationError, match="set together"):
        server_certificate("alpha", AlphaSection(**{name: tmp_path / "a file"}), CollectorRegistry())


def test_an_authority_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        trusting(tmp_path / "missing.pem")
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(ValueError, match="no certificate in PEM"):
        trusting(tmp_path / "empty.pem")
