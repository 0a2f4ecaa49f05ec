"""Errors as Horizon tells them: application/problem+json with a type, a status and extras."""

from stellar_sdk import xdr

from constellation.sandbox.results import result_codes

_TYPE_PREFIX = "https://stellar.org/horizon-errors/"
_FRIENDBOT_PREFIX = "https://stellar.org/friendbot-errors/"


class Problem(Exception):
    """An error to be told to the client.

    Attributes:
        status: The HTTP status.
        body: The JSON body.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        extras: dict[str, object] | None = None,
        *,
        prefix: str = _TYPE_PREFIX,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.body: dict[str, object] = {
            "type": prefix + kind,
            "title": title,
            "status": status,
            "detail": detail,
        }
        if extras:
            self.body["extras"] = extras


def bad_request(field: str, reason: str) -> Problem:
    """A parameter makes no sense."""
    return Problem(
        400,
        "bad_request",
        "Bad Request",
        "The request you sent was invalid in some way.",
        {"invalid_field": field, "reason": reason},
    )


def not_found() -> Problem:
    """There is nothing at this address."""
    return Problem(
        404,
        "not_found",
        "Resource Missing",
        "The resource at the url requested was not found. This usually occurs for one of two reasons: "
        "The url requested is not valid, or no data in our database could be found with the parameters provided.",
    )


def method_not_allowed() -> Problem:
    """The path exists, for another method."""
    return Problem(405, "method_not_allowed", "Method Not Allowed", "This resource does not support the method.")


def before_history() -> Problem:
    """The ledger asked for is no longer remembered."""
    return Problem(
        410,
        "before_history",
        "Data Requested Is Before Recorded History",
        "This horizon instance is configured to only track a portion of the stellar network's latest history.",
    )


def not_acceptable() -> Problem:
    """The client takes no representation that this resource has."""
    return Problem(
        406,
        "not_acceptable",
        "An acceptable response content-type could not be provided for this request",
        "Only application/hal+json is available, and for lists text/event-stream.",
    )


def unsupported_media_type() -> Problem:
    """A transaction comes as a form."""
    return Problem(
        415,
        "unsupported_media_type",
        "Unsupported Media Type",
        "The request has an unsupported content type. Presently, the only supported content type is "
        "application/x-www-form-urlencoded.",
    )


def payload_too_large() -> Problem:
    """The body is longer than any transaction."""
    return Problem(413, "payload_too_large", "Payload Too Large", "The request body is too long.")


def over_capacity() -> Problem:
    """Too many clients wait or listen."""
    return Problem(
        503,
        "server_over_capacity",
        "Server Over Capacity",
        "This horizon server is currently overloaded. Please wait for several minutes before trying your request "
        "again.",
    )


def internal_error() -> Problem:
    """The server is at fault."""
    return Problem(500, "server_error", "Internal Server Error", "An error occurred while processing this request.")


_FAULTS = {
    403: ("forbidden", "Forbidden"),
    429: ("rate_limit_exceeded", "Rate Limit Exceeded"),
    500: ("server_error", "Internal Server Error"),
    503: ("service_unavailable", "Service Unavailable"),
    504: ("timeout", "Timeout"),
}


def faulty_status(status: int) -> Problem:
    """A fault that somebody asked for."""
    kind, title = _FAULTS.get(status, ("fault", "Fault"))
    return Problem(status, kind, title, "A fault rule of the sandbox ledger struck.")


def transaction_malformed(envelope_xdr: str) -> Problem:
    """What was submitted cannot be decoded."""
    return Problem(
        400,
        "transaction_malformed",
        "Transaction Malformed",
        "Horizon could not decode the transaction envelope in this request. The `extras.envelope_xdr` field on "
        "this response echoes what was submitted.",
        {"envelope_xdr": envelope_xdr},
    )


def transaction_failed(envelope_xdr: str, result: xdr.TransactionResult) -> Problem:
    """The ledger refused the transaction, or it failed in a ledger."""
    return Problem(
        400,
        "transaction_failed",
        "Transaction Failed",
        "The transaction failed when submitted to the stellar network. The `extras.result_codes` field on this "
        "response contains further details.",
        {"envelope_xdr": envelope_xdr, "result_codes": result_codes(result), "result_xdr": result.to_xdr()},
    )


def submission_timeout(transaction_hash: str, envelope_xdr: str) -> Problem:
    """The transaction was in no ledger yet; its outcome is unknown."""
    return Problem(
        504,
        "transaction_submission_timeout",
        "Transaction Submission Timeout",
        "Your transaction submission request has timed out. This does not necessarily mean the submission has "
        "failed. Query the transaction by its hash, or submit the same envelope again.",
        {"hash": transaction_hash, "envelope_xdr": envelope_xdr},
    )


def friendbot_problem(detail: str) -> Problem:
    """Friendbot does not fund this account."""
    return Problem(400, "bad_request", "Bad Request", detail, prefix=_FRIENDBOT_PREFIX)
