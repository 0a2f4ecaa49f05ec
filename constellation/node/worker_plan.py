"""What a gateway worker must know, as alpha tells it in the first message of their channel.

The seed goes this way and no other: not by the command line, the environment or a file. Where a signer keeps it, the
worker asks that signer.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretBytes, field_serializer

from constellation.gateway import GatewayConfig
from constellation.node.config import NodeConfig
from constellation.node.remote_signer import RemoteSigner
from constellation.protocol.messages import RequestLimits, SignedAppointment
from constellation.protocol.signing import KeyPair, Signer
from constellation.protocol.terms import Terms


class WorkerPlan(BaseModel):
    """All of it.

    Attributes:
        name: of the worker, in its log.
        seed: alpha's: a worker answers handshakes in its name. None: the signer has it.
        signer_socket: of the signer, if alpha has one.
        constellation: its id.
        appointments: encoded, shown in handshakes.
        limits: bounds of this worker.
        requests_per_second: of an account, until alpha tells it anew.
        burst: the same at once.
        tls_certificate_file: chain in PEM, or None without TLS.
        tls_key_file: its key.
        log_level: as alpha's.
        log_format: as alpha's.
    """

    model_config = ConfigDict(hide_input_in_errors=True, ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    seed: SecretBytes | None
    signer_socket: Path | None = None
    constellation: bytes
    appointments: list[bytes]
    limits: GatewayConfig
    requests_per_second: int
    burst: int
    tls_certificate_file: Path | None
    tls_key_file: Path | None
    log_level: str
    log_format: str

    @field_serializer("seed", when_used="json")
    def _reveal(self, seed: SecretBytes | None) -> bytes | None:
        return None if seed is None else seed.get_secret_value()

    @classmethod
    def of(
        cls,
        node: NodeConfig,
        signer: Signer,
        constellation: bytes,
        terms: Terms,
        rate: RequestLimits,
        name: str,
        limits: GatewayConfig,
    ) -> "WorkerPlan":
        """The plan for one worker of alpha."""
        return cls(
            name=name,
            seed=SecretBytes(signer.seed) if isinstance(signer, KeyPair) else None,
            signer_socket=signer.path if isinstance(signer, RemoteSigner) else None,
            constellation=constellation,
            appointments=[signed.to_xdr() for signed in terms.appointments],
            limits=limits,
            requests_per_second=rate.requests_per_second,
            burst=rate.burst,
            tls_certificate_file=node.alpha.tls_certificate_file,
            tls_key_file=node.alpha.tls_key_file,
            log_level=node.log_level,
            log_format=node.log_format,
        )

    def signer(self) -> Signer:
        """Alpha's.

        Raises:
            SignerUnavailable: nobody listens at its socket.
        """
        if self.seed is not None:
            return KeyPair(self.seed.get_secret_value())
        assert self.signer_socket is not None
        return RemoteSigner(self.signer_socket)

    def signed_appointments(self) -> list[SignedAppointment]:
        """All appointments, decoded."""
        return [SignedAppointment.from_xdr(data) for data in self.appointments]
