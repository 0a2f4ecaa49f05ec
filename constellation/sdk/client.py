"""The trader's client: verbs in front of a connection that repairs itself."""

from constellation.sdk.client_verbs.ledger import LedgerVerbs
from constellation.sdk.client_verbs.orders import OrderVerbs
from constellation.sdk.client_verbs.owner import OwnerVerbs
from constellation.sdk.client_verbs.past import PastVerbs
from constellation.sdk.client_verbs.payments import PaymentVerbs

__all__ = ["Client"]


class Client(PaymentVerbs, OrderVerbs, LedgerVerbs, OwnerVerbs, PastVerbs):
    """One account's client of one constellation; used with ``async with``.

    Every answer is verified before a method returns: alpha's signature, the inclusion of exactly the signed
    request and its effects. When the connection breaks it is opened again, and requests without an answer are
    sent again as the same signed bytes, which are executed at most once.

    Args:
        url: of alpha's gateway, ``wss://…`` or ``ws://…``.
        settings: of the constellation at genesis, or the path of their JSON document. Others come into force by
            decisions of the auditors; the client learns them with a proof, never from alpha's word.
        key_pair: the account's, or of an agent of another ``account``.
        options: times and bounds.
        ssl: for ``wss://`` with an own certificate authority.
        after: number of the last effect that an earlier run of this program has seen (``Event.last_number``, and
            that of receipts); :meth:`events` then starts with what happened since, even while the program was
            not running. Without it, events start with the present.
        account: ``G…`` or 32 bytes of the account that ``key_pair`` signs for: as an agent, or as its owner after the
            key was rotated. Without it, that of the key pair itself.
        sub_account: the number of that account's sub-account that this client is for.
    """
