"""Whether vault and channels on the ledger are what the settings say; asked at every start."""

from collections.abc import Iterable

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import ChannelSettings, Settings
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.network import LedgerAccount, NetworkInfo, StellarNetwork
from constellation.stellarlink.vault_plan import SETTINGS_DATA_NAME, channel_reserve


async def check_vault(
    network: StellarNetwork, settings: Settings, signers: Members | None = None, *, holdings: bool = True
) -> list[str]:
    """Everything on the ledger that is not as ``settings`` say, one sentence each; empty when all is well.

    Args:
        network: to ask.
        settings: of the constellation at genesis, whose hash the vault carries.
        signers: who signs for vault and channels; the settings' auditors unless others have been appointed.
        holdings: look at what the vault holds, too, not only at who can move it.

    Raises:
        NetworkUnavailable: the network gave no usable answer.
    """
    info = await network.network()
    if info.passphrase != settings.network_passphrase:
        return [f"the server is on network {info.passphrase!r}, the settings say {settings.network_passphrase!r}"]
    signers = signers or settings
    vault = await network.account(encode_public_key(settings.vault))
    problems = list(_vault_problems(vault, settings, signers))
    if vault is not None and holdings:
        problems += _holding_problems(vault, settings)
    for channel in settings.channels:
        account = await network.account(encode_public_key(channel.account))
        problems += _channel_problems(account, channel, settings, signers, info)
    return problems


def _vault_problems(vault: LedgerAccount | None, settings: Settings, signers: Members) -> Iterable[str]:
    if vault is None:
        yield f"the vault {encode_public_key(settings.vault)} is not on the ledger"
        return
    yield from lock_problems("the vault", vault, signers)
    if vault.data.get(SETTINGS_DATA_NAME) != settings_hash(settings):
        yield f"the vault's data entry {SETTINGS_DATA_NAME} is not the hash of these settings"


def _holding_problems(vault: LedgerAccount, settings: Settings) -> Iterable[str]:
    lumens = vault.balance(None)
    if lumens is None or lumens.amount < settings.vault_reserve:
        yield f"the vault holds less than its reserve of {format_amount(settings.vault_reserve)} lumens"
    for asset in settings.assets:
        line = vault.balance(asset.identity)
        if line is None:
            yield f"the vault has no trust line for {format_asset(asset.identity)}"
        elif not line.is_authorized:
            yield f"the issuer has not authorized the vault to hold {format_asset(asset.identity)}"


def _channel_problems(
    account: LedgerAccount | None,
    channel: ChannelSettings,
    settings: Settings,
    signers: Members,
    info: NetworkInfo,
) -> Iterable[str]:
    name = f"channel {encode_public_key(channel.account)}"
    if account is None:
        yield f"{name} is not on the ledger"
        return
    yield from lock_problems(name, account, signers)
    if account.sequence < channel.sequence:
        yield f"{name} has sequence number {account.sequence}, before the {channel.sequence} of the settings"
    lumens = account.balance(None)
    reserve = channel_reserve(len(signers.auditors), info.base_reserve)
    if lumens is None or lumens.amount < reserve + settings.transaction_fee:
        yield f"{name} cannot pay the fee of a withdrawal: send it some lumens"


def lock_problems(name: str, account: LedgerAccount, members: Members) -> Iterable[str]:
    """Everything about signers and thresholds that keeps a quorum of ``members`` from moving it, or lets others."""
    quorum = quorum_of(members)
    if account.thresholds != (quorum, quorum, quorum):
        yield f"{name} has thresholds {account.thresholds}, a quorum is {quorum}"
    if account.signers.get(account.address, 0) != 0:
        yield f"{name} can still be moved by its master key"
    expected = {encode_public_key(auditor) for auditor in members.auditors}
    signers = {key: weight for key, weight in account.signers.items() if weight and key != account.address}
    for key in sorted(expected - signers.keys()):
        yield f"{name} lacks the signer {key}"
    for key, weight in sorted(signers.items()):
        if key not in expected:
            yield f"{name} has the signer {key}, who is no auditor"
        elif weight != 1:
            yield f"{name} gives the signer {key} weight {weight} instead of 1"
