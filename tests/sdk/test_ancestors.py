"""A batch that is certified only through a later one, as after a restart of alpha."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import BatchHeader, Finality, Payment, encode_client_message
from constellation.sdk.errors import VerificationFailed
from constellation.sdk.outputs import Answered, Certified
from constellation.sdk.verifier import VerifiedEvent, check_final, final_proof
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, Pipe


def acknowledged() -> tuple[Pipe, VerifiedEvent, list[BatchHeader]]:
    """A client with an acknowledged payment, and the headers from its batch to the tip, two batches later."""
    alpha = Alpha().fund(ANNA, BERT)
    pipe = Pipe(alpha).connect()
    pipe.client.submit(Payment(BERT.public, XLM, ONE))
    pipe.pump()
    alpha.acknowledge()
    answered = next(output for output in pipe.pump().take() if isinstance(output, Answered))
    assert isinstance(answered.answer, tuple)
    for _ in range(2):
        alpha.deposit(BERT, XLM, ONE)
        alpha.acknowledge()
    headers = [sealed.header for sealed, _ in alpha.sealed[-3:]]
    assert headers[0] == answered.answer[0].header
    return pipe, answered.answer[0], headers


def test_a_later_certificate_makes_an_acknowledged_batch_final() -> None:
    pipe, verified, headers = acknowledged()
    pipe.alpha.hub.finalize(pipe.alpha.certificate(pipe.alpha.sealed[-1][0]), headers[:-1])
    certified = [output for output in pipe.pump().take() if isinstance(output, Certified)]
    assert [(output.digest, output.error) for output in certified] == [(verified.digest, None)]
    proof = final_proof(verified, certified[0].finality)
    assert proof.batch == headers[0].number
    assert check_final(pipe.alpha.settings, proof.event, proof.finality) == proof


BROKEN: dict[str, Callable[[list[BatchHeader]], list[BatchHeader]]] = {
    "one is missing": lambda headers: headers[:1],
    "out of order": lambda headers: headers[::-1],
    "changed": lambda headers: [replace(headers[0], quanta_root=bytes(32)), headers[1]],
    "one too many": lambda headers: [*headers, headers[-1]],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_chain_of_ancestors_is_named(name: str) -> None:
    pipe, verified, headers = acknowledged()
    finality = Finality(pipe.alpha.certificate(pipe.alpha.sealed[-1][0]), BROKEN[name](headers[:-1]))
    with pytest.raises(VerificationFailed, match=r"certificate: batch .* is not the parent of"):
        pipe.client.receive_data(encode_client_message(finality))
    with pytest.raises(VerificationFailed):
        check_final(pipe.alpha.settings, verified.event, finality)


def test_answers_given_again_after_a_restart_come_with_what_makes_them_final() -> None:
    pipe, verified, headers = acknowledged()
    alpha = pipe.alpha
    pipe.disconnect()
    alpha.open_gateway()
    for sealed, signed_header in alpha.sealed[-3:]:
        alpha.hub.remember(sealed, signed_header)
    certificate = alpha.certificate(alpha.sealed[-1][0])
    alpha.log.certify(certificate)
    alpha.hub.finalize(certificate, headers[:-1])
    outputs = pipe.connect().take()
    assert {output.digest for output in outputs if isinstance(output, Certified)} == {verified.digest}
