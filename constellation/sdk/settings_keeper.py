"""Which settings are in force, as far as it is proven.

The client starts with the settings that its program trusts, those of genesis, and takes others only with a proof: the
entry of the settings and the counters, which name their version, under one checkpoint that a quorum of auditors has
certified. What alpha says in its welcome is only a reason to ask; when the proof of that version comes, it must be the
same. Until then the client goes on with what it knows: an asset or a market that is known never changes its meaning.
"""

from collections.abc import Callable

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import CountersEntry, QueryProof, Settings, StateEntryType, StateProof
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.state_proofs import ProvenEntry, check_entry, entry_key
from constellation.protocol.terms import Terms
from constellation.sdk.errors import VerificationFailed

_TRIES = 5  # a checkpoint can come between two answers; seldom twice
_KINDS = (StateEntryType.COUNTERS_ENTRY, StateEntryType.SETTINGS_ENTRY)


class SettingsKeeper:
    """Asks for the settings in force and checks the answers.

    Args:
        genesis: the settings that the program trusts.

    Attributes:
        settings: in force, as far as it is proven.
        version: how often they were changed until then.
        apex: the last quantum of the newest checkpoint that was looked at.
    """

    def __init__(self, genesis: Settings) -> None:
        self._genesis = genesis
        self.settings = genesis
        self.version = 0
        self.apex = 0
        self._claimed = 0, settings_hash(genesis)
        self._asked: dict[int, StateEntryType] = {}
        self._found: dict[StateEntryType, ProvenEntry] = {}
        self._tries = 0

    @property
    def announced(self) -> int:
        """The version that alpha says is in force."""
        return self._claimed[0]

    @property
    def is_behind(self) -> bool:
        """Whether alpha has told of a later version than the proven one."""
        return self._claimed[0] > self.version

    @property
    def is_asking(self) -> bool:
        """Whether a proof is on its way."""
        return bool(self._asked)

    def claim(self, settings: Settings, version: int) -> None:
        """Alpha says which settings are in force.

        Raises:
            VerificationFailed: it contradicts what is proven.
        """
        own, theirs = settings_hash(self.settings), settings_hash(settings)
        if version < self.version:
            raise VerificationFailed("settings", f"alpha has settings version {version}, {self.version} is proven")
        if version == self.version and own != theirs:
            raise VerificationFailed("settings", f"alpha has settings {theirs.hex()}, this client has {own.hex()}")
        self._claimed = version, theirs

    def disconnected(self) -> None:
        """No answer will come any more."""
        self._asked, self._found = {}, {}

    def questions(self, next_id: Callable[[], int]) -> list[QueryProof]:
        """What to ask alpha; nothing while an answer is on its way."""
        if self._asked:
            return []
        self._found = {}
        self._asked = {next_id(): kind for kind in _KINDS}
        return [QueryProof(request_id, kind, b"") for request_id, kind in self._asked.items()]

    def has_asked(self, request_id: int) -> bool:
        """Whether this is a question of this object."""
        return request_id in self._asked

    def refused(self, request_id: int) -> None:
        """Alpha has refused something; if it was a question of this object, that is over."""
        if request_id in self._asked:
            self.disconnected()

    def receive(self, terms: Terms, proof: StateProof) -> bool:
        """Take a proof that was asked for; whether it was the last one.

        When it was, and :attr:`must_ask_again` is not set, all is known that can be known now.

        Args:
            terms: who the auditors are.
            proof: alpha's answer.

        Raises:
            VerificationFailed: it does not hold, or alpha's welcome was a lie.
        """
        kind = self._asked.pop(proof.request_id)
        try:
            self._found[kind] = check_entry(terms, entry_key(kind, b""), proof)
        except VerificationError as error:
            raise VerificationFailed("settings", error.message) from None
        if self._asked:
            return False
        counters, settings = (self._found[kind] for kind in _KINDS)
        self._found = {}
        self._tries += 1
        if counters.digest == settings.digest:
            self._tries = 0
            self._adopt(counters, settings)
        return True

    @property
    def must_ask_again(self) -> bool:
        """Whether the last answers were under different checkpoints, and not for the umpteenth time."""
        return self._tries % _TRIES > 0

    def _adopt(self, counters: ProvenEntry, settings: ProvenEntry) -> None:
        numbers, found = counters.entry, settings.entry
        if not isinstance(numbers, CountersEntry) or not isinstance(found, Settings):
            raise VerificationFailed("settings", "alpha shows other entries than those that were asked for")
        if settings_constellation_id(found) != settings_constellation_id(self._genesis):
            raise VerificationFailed("settings", "the proven settings are another constellation's")
        self.apex = max(self.apex, counters.header.last_apex)
        if numbers.settings_version < self.version:
            return  # an old checkpoint: proven, but not news
        claimed, digest = self._claimed
        if numbers.settings_version == claimed and settings_hash(found) != digest:
            raise VerificationFailed("settings", f"alpha told other settings of version {claimed} than are proven")
        self.settings, self.version = found, numbers.settings_version
