"""A certificate authority of a test's own, made by the ``openssl`` program; tests are skipped where there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest


def openssl(*arguments: str | Path, directory: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("there is no openssl program to make certificates with")
    subprocess.run([program, *map(str, arguments)], cwd=directory, check=True, capture_output=True, timeout=30)


class Authority:
    """Signs certificates for this host.

    Attributes:
        file: its own certificate, for those who trust it.
    """

    def __init__(self, directory: Path, name: str = "authority") -> None:
        directory.mkdir(exist_ok=True)
        self.directory = directory
        self.file = directory / f"{name}.pem"
        self._key = directory / f"{name}.key"
        subject = f"/CN=test {name}"
        openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", subject, "-keyout", self._key, "-out", self.file, directory=directory,
        )  # fmt: skip

    def issue(self, certificate: Path, key: Path, days: int = 90) -> None:
        """Put a new certificate and its key in place; with a negative number of days, one that has expired."""
        new_certificate, new_key = certificate.with_suffix(".new"), key.with_suffix(".new-key")
        request, extensions = self.directory / "request.csr", self.directory / "extensions"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=alpha",
            "-keyout", new_key, "-out", request, directory=self.directory,
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days",
            str(days), "-extfile", extensions, "-out", new_certificate, directory=self.directory,
        )  # fmt: skip
        new_key.chmod(0o600)
        new_key.replace(key)
        new_certificate.replace(certificate)
