"""Appointments as a JSON document that people can read, pass on and sign one after the other.

The last appointment may still lack signatures; every other one is complete.
"""

from collections.abc import Sequence
from typing import Any

from constellation.protocol.messages import Appointment, AuditorSignature, QuorumRule, SignedAppointment
from constellation.protocol.strkey import decode_public_key, encode_public_key

Json = dict[str, Any]


def appointments_to_json(constellation: bytes, appointments: Sequence[SignedAppointment]) -> Json:
    """A document of JSON types.

    Args:
        constellation: the constellation's id.
        appointments: in the order of their terms.
    """
    return {
        "constellation_id": constellation.hex(),
        "appointments": [
            {
                "term": signed.appointment.term,
                "alpha": encode_public_key(signed.appointment.alpha),
                "auditors": [encode_public_key(key) for key in signed.appointment.auditors],
                "quorum_rule": signed.appointment.quorum_rule.name.lower(),
                "client_url": signed.appointment.client_url,
                "cluster_url": signed.appointment.cluster_url,
                "signatures": [
                    {"auditor": encode_public_key(item.auditor), "signature": item.signature.hex()}
                    for item in signed.signatures
                ],
            }
            for signed in appointments
        ],
    }


def appointments_from_json(constellation: bytes, document: Any) -> list[SignedAppointment]:
    """The appointments in a document; their signatures are the reader's to check.

    Raises:
        ValueError: it is malformed, or of another constellation.
    """
    try:
        if document["constellation_id"] != constellation.hex():
            raise ValueError("they are of another constellation")
        return [_appointment(item) for item in document["appointments"]]
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise ValueError(f"this is no list of appointments: {error}") from None


def _appointment(item: Json) -> SignedAppointment:
    appointment = Appointment(
        int(item["term"]),
        decode_public_key(item["alpha"]),
        [decode_public_key(key) for key in item["auditors"]],
        QuorumRule[item["quorum_rule"].upper()],
        _text(item["client_url"]),
        _text(item["cluster_url"]),
    )
    signatures = [
        AuditorSignature(decode_public_key(entry["auditor"]), bytes.fromhex(entry["signature"]))
        for entry in item["signatures"]
    ]
    SignedAppointment(appointment, signatures).to_xdr()  # raises when a field cannot be sent
    return SignedAppointment(appointment, signatures)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value
