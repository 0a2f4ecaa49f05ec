"""What the commands of auditors' operators share: a connection to alpha, and what it shows with proof."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from constellation.node.config import ConfigurationError, check_websocket_url, load_settings
from constellation.node.keys import new_key_pair
from constellation.node.node_key import signer_of
from constellation.protocol.messages import (
    Code,
    CountersEntry,
    OpenProposal,
    Proposal,
    Settings,
    StateEntry,
    StateEntryType,
    SuspenseEntry,
    WithdrawalEntry,
)
from constellation.protocol.proposals import proposal_hash, sign_proposal
from constellation.protocol.quorum import quorum_of
from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import Signer, settings_constellation_id, verify
from constellation.protocol.state_proofs import entry_key, number_identity
from constellation.sdk import Client, ExchangeError, check_state

_T = TypeVar("_T")

_LOOKS = 20
_PAUSE_S = 0.5


class CouncilClient:
    """Alpha as an auditor's operator sees it; nothing is believed that can be proved.

    Args:
        client: connected.
        genesis: the settings of the operator's own file.
        signer: the auditor's; a fresh one where nothing is signed.
    """

    def __init__(self, client: Client, genesis: Settings, signer: Signer) -> None:
        self.client = client
        self.genesis = genesis
        self.signer = signer
        self.constellation = settings_constellation_id(genesis)

    @property
    def settings(self) -> Settings:
        """In force, proven."""
        return self.client.settings

    @property
    def version(self) -> int:
        """Of the settings in force, proven."""
        return self.client.settings_version

    @property
    def is_auditor(self) -> bool:
        """Whether the key is an auditor's, by the settings in force."""
        return self.signer.public in self.settings.auditors

    async def counters(self) -> CountersEntry:
        """The constellation's counters as of the last checkpoint, proven."""
        found = await self._proven(StateEntryType.COUNTERS_ENTRY, b"")
        assert isinstance(found, CountersEntry)
        return found

    async def suspense(self, operation: int) -> SuspenseEntry | None:
        """The deposit of a ledger operation, when it was in suspense at the last checkpoint, proven."""
        found = await self._proven(StateEntryType.SUSPENSE_ENTRY, number_identity(operation))
        assert found is None or isinstance(found, SuspenseEntry)
        return found

    async def withdrawal(self, number: int) -> WithdrawalEntry | None:
        """A withdrawal of anybody that was not closed at the last checkpoint, proven; for auditors alone."""
        found = await self._proven(StateEntryType.WITHDRAWAL_ENTRY, number_identity(number))
        assert found is None or isinstance(found, WithdrawalEntry)
        return found

    async def _proven(self, kind: StateEntryType, identity: bytes) -> StateEntry | None:
        proof = await _patiently(lambda: self.client.prove_entry(kind, identity))
        return check_state(self.client.terms, entry_key(kind, identity), proof).entry

    async def open_proposals(self) -> list[OpenProposal]:
        """What is proposed and not decided, with the signatures that fit."""
        found = await _patiently(self.client.proposals)
        return [self._checked(item) for item in found.proposals]

    async def propose(self, proposal: Proposal) -> list[OpenProposal]:
        """Sign and send a proposal; what is open then, with the signatures that fit."""
        signed = sign_proposal(self.constellation, self.signer, proposal)
        found = await _patiently(lambda: self.client.propose(signed))
        return [self._checked(item) for item in found.proposals]

    def _checked(self, item: OpenProposal) -> OpenProposal:
        digest = proposal_hash(self.constellation, item.proposal)
        signatures = {part.auditor: part for part in item.signatures}
        fitting = [
            part
            for part in signatures.values()
            if part.auditor in self.settings.auditors and verify(part.auditor, digest, part.signature)
        ]
        return OpenProposal(item.proposal, fitting)

    def asset_id(self, name: str) -> int:
        """The id of a listed asset, given as such, as a code that only one asset has, or as ``CODE:ISSUER``.

        Raises:
            ConfigurationError: there is none, or several.
        """
        assets = self.settings.assets
        if name.isascii() and name.isdigit() and int(name) < len(assets):
            return int(name)
        names = [format_asset(asset.identity) for asset in assets]
        found = [place for place, item in enumerate(names) if name in (item, item.partition(":")[0])]
        if name == "XLM":
            found = [0]
        if len(found) != 1:
            raise ConfigurationError(f"{name} is not one listed asset; there are {', '.join(names)}")
        return found[0]

    @property
    def quorum(self) -> int:
        """How many signatures a decision needs."""
        return quorum_of(self.settings)


async def _patiently(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask again when alpha has counted too many questions of this key for the moment."""
    for _ in range(_LOOKS):
        try:
            return await ask()
        except ExchangeError as error:
            if error.code is not Code.RATE_LIMITED:
                raise
            await asyncio.sleep(_PAUSE_S)
    return await ask()


async def _catch_up(client: Client) -> None:
    """Wait until the settings are proven that alpha says are in force.

    Raises:
        ConfigurationError: they cannot be proven in time.
    """
    for _ in range(_LOOKS):
        if client.settings_version >= client.announced_version:
            return
        await asyncio.sleep(_PAUSE_S)
        await client.learn_settings()
    raise ConfigurationError(
        f"--url: alpha says that settings version {client.announced_version} is in force, and proves only "
        f"{client.settings_version}: try again in a minute; if it stays so, ask the other auditors"
    )


@asynccontextmanager
async def connected(url: str, settings_file: Path, key_file: Path | None) -> AsyncIterator[CouncilClient]:
    """A connection with the auditor's key, or with a fresh one where nothing is to be signed.

    Raises:
        ConfigurationError: url, settings or key cannot be used, or the key is no auditor's.
        SdkError: alpha cannot be reached, or says what does not hold.
    """
    check_websocket_url("--url", url)
    genesis = load_settings(settings_file)
    with nullcontext(new_key_pair()) if key_file is None else signer_of(key_file) as signer:
        async with Client(url, genesis, signer) as client:
            await _catch_up(client)
            council = CouncilClient(client, genesis, signer)
            if key_file is not None and not council.is_auditor:
                raise ConfigurationError(f"--key-file: {signer.address} is not an auditor of this constellation")
            yield council
