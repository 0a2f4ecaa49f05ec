"""How the vault and its channels are handed to the auditors: the operations, and how they are known again.

The vault's handover comes after the point of the ledger where deposits begin to count, because it writes the hash of
settings that name that point. So every auditor's first report meets it: it is the one transaction of the vault that
the constellation did not ask for and that is as it should be.
"""

from collections.abc import Sequence

from stellar_sdk import ManageData, SetOptions, Signer, xdr
from stellar_sdk.operation import Operation

from constellation.protocol.messages import Settings
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.vault_plan import SETTINGS_DATA_NAME


def lock_steps(settings: Settings, account: bytes) -> list[Operation]:
    """Signers first; the master key loses its weight last, in the same transaction."""
    quorum, address = quorum_of(settings), encode_public_key(account)
    signers = [
        SetOptions(signer=Signer.ed25519_public_key(encode_public_key(auditor), 1), source=address)
        for auditor in settings.auditors
    ]
    handover = SetOptions(
        master_weight=0,
        low_threshold=quorum,
        med_threshold=quorum,
        high_threshold=quorum,
        source=address,
    )
    return [*signers, handover]


def handover_steps(settings: Settings) -> list[Operation]:
    """The vault gets the hash of the settings it was created for, and then the auditors as its signers."""
    address = encode_public_key(settings.vault)
    return [
        ManageData(SETTINGS_DATA_NAME, settings_hash(settings), source=address),
        *lock_steps(settings, settings.vault),
    ]


class Handover:
    """Knows the vault's handover.

    Args:
        settings: of the constellation at genesis.
    """

    def __init__(self, settings: Settings) -> None:
        self._steps = [step.to_xdr_object().to_xdr_bytes() for step in handover_steps(settings)]

    def is_done_by(self, operations: Sequence[xdr.Operation]) -> bool:
        """Whether ``operations`` are the handover and nothing else."""
        return [operation.to_xdr_bytes() for operation in operations] == self._steps
