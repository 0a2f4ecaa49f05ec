"""Alpha's decisions about whom it serves: extensions are asked beside the event loop, and their answers are kept.

A request costs a look into a table, whatever extensions do. Where none has answered, or not for too long, nobody is
served who would have to be admitted: a permissioned network relies on it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from constellation.extensions import Admission, AdmissionHook, Right
from constellation.node.extensions.caller import Caller, HookFailed
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.extensions.rights import rights_needed
from constellation.node.extensions.words import clean
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, Request, RequestBatch
from constellation.protocol.strkey import encode_public_key

DECISIONS_MAX: Final = 65_536
"""That are kept: the oldest ones are dropped, and asked for again."""

QUESTIONS_MAX: Final = 1024
"""Of accounts at a time."""

PAUSE_S: Final = 1.0
"""After a failure, until a request that is refused for want of an answer lets the extensions be asked again."""

_Key = tuple[bytes, bytes]
Told = Callable[[Rejection | None], None]


@dataclass(frozen=True, slots=True)
class Connected:
    """A session that was admitted once.

    Attributes:
        account: whose it is.
        signer: whose key was proven, as in a request.
        expel: ends it.
    """

    account: bytes
    signer: bytes | None
    expel: Callable[[Rejection], None]


@dataclass(frozen=True, slots=True)
class _Decision:
    admission: Admission
    at_s: float


class AdmissionDesk:
    """Of one alpha (the gateway's ``Gate``).

    Args:
        hooks: with who calls them; all must agree.
        section: of the configuration.
        failure: of alpha: what fails beside the extensions ends it.
        clock_s: that never goes back.
    """

    def __init__(
        self,
        hooks: Sequence[tuple[Caller, AdmissionHook]],
        section: ExtensionsSection,
        failure: NodeFailure,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hooks = hooks
        self._refresh_s, self._keep_s = section.admission_refresh_s, section.admission_keep_s
        self._review_s = section.admission_refresh_s / 2
        self._failure = failure
        self._clock_s = clock_s
        self._decisions: OrderedDict[_Key, _Decision] = OrderedDict()
        self._asked: dict[_Key, asyncio.Task[None]] = {}
        self._waiting: dict[_Key, list[Told]] = {}
        self._not_before_s = clock_s()

    def ask(self, account: bytes, signer: bytes | None, told: Told) -> None:
        """Find out whether a key may connect; ``told`` hears why not, or None."""
        key = _key(account, signer)
        decision = self._known(key, self._refresh_s)
        if decision is not None:
            told(_refusal(decision.admission))
        elif self._begin(key):
            self._waiting[key].append(told)
        else:
            told(Rejection(Code.OVERLOADED, "too many ask at once whether they are admitted; try again in a moment"))

    def check(self, request: Request | RequestBatch) -> None:
        """A key must be admitted to what it asks for.

        Raises:
            Rejection: NOT_ADMITTED, or NOT_READY where that is not known.
        """
        needed = rights_needed(request)
        if not needed:
            return
        key = _key(request.account, request.signer)
        if self._known(key, self._refresh_s) is None and self._clock_s() >= self._not_before_s:
            self._begin(key)
        decision = self._known(key, self._keep_s)
        if decision is None:
            raise _not_known()
        if needed & ~decision.admission.rights:
            raise _not_admitted(decision.admission, needed)

    async def keep(self, connected: Callable[[], Sequence[Connected]]) -> None:
        """Ask again about whoever is connected, until cancelled; end sessions that are not admitted any more."""
        while True:
            await asyncio.sleep(self._review_s)
            for session in connected():
                refusal = await self._ask_again(session)
                if refusal is not None and refusal.code is Code.NOT_ADMITTED:
                    session.expel(refusal)

    async def close(self) -> None:
        """Ask no more; who waits is not told."""
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asked.clear()
        self._waiting.clear()

    async def _ask_again(self, session: Connected) -> Rejection | None:
        told: asyncio.Future[Rejection | None] = asyncio.get_running_loop().create_future()
        self.ask(session.account, session.signer, told.set_result)
        await asyncio.sleep(0)  # thousands may be connected
        return await told

    def _known(self, key: _Key, most_s: float) -> _Decision | None:
        """The decision about a key, unless it is older."""
        decision = self._decisions.get(key)
        return None if decision is None or self._clock_s() - decision.at_s > most_s else decision

    def _begin(self, key: _Key) -> bool:
        """Ask the extensions about a key, if they are not asked already; False when too much is asked."""
        if key in self._asked:
            return True
        if len(self._asked) >= QUESTIONS_MAX:
            return False
        self._waiting[key] = []
        task = self._asked[key] = asyncio.create_task(self._decide(key))
        task.add_done_callback(self._failure.watch)
        return True

    async def _decide(self, key: _Key) -> None:
        try:
            try:
                admission = await self._admission(key)
            except HookFailed:
                self._not_before_s = self._clock_s() + PAUSE_S
                decision = self._known(key, self._keep_s)
                refusal = _not_known() if decision is None else _refusal(decision.admission)
            else:
                self._note(key, admission)
                refusal = _refusal(admission)
        finally:
            waiting = self._waiting.pop(key)
            del self._asked[key]
        for told in waiting:
            told(refusal)

    async def _admission(self, key: _Key) -> Admission:
        """What all extensions together admit.

        Raises:
            HookFailed: one gives no answer.
        """
        account, signer = map(encode_public_key, key)
        rights, reason = Right.ALL, ""
        for caller, hook in self._hooks:
            said = await caller.call(lambda hook=hook: hook.admit(account, signer), _admission)  # type: ignore[misc]
            reason = reason or said.reason
            rights &= said.rights
        return Admission(rights, reason)

    def _note(self, key: _Key, admission: Admission) -> None:
        self._decisions[key] = _Decision(admission, self._clock_s())
        self._decisions.move_to_end(key)
        if len(self._decisions) > DECISIONS_MAX:
            self._decisions.popitem(last=False)


def _key(account: bytes, signer: bytes | None) -> _Key:
    return account, account if signer is None else signer


def _admission(said: object) -> Admission:
    """What a hook has said, in types that are known to be harmless.

    Raises:
        ValueError: it is none.
    """
    if type(said) is not Admission or type(said.rights) is not Right or type(said.reason) is not str:
        raise ValueError(f"a {type(said).__name__} is no Admission")
    return Admission(said.rights & Right.ALL, clean(said.reason))


def _refusal(admission: Admission) -> Rejection | None:
    """Why a key may not connect."""
    return None if admission.rights else _not_admitted(admission, Right.NONE)


def _not_admitted(admission: Admission, needed: Right) -> Rejection:
    what = "" if not needed else " to " + ", ".join(str(right.name).lower() for right in needed)
    reason = f": {admission.reason}" if admission.reason else ""
    return Rejection(Code.NOT_ADMITTED, f"the operator does not admit this key{what}{reason}")


def _not_known() -> Rejection:
    return Rejection(Code.NOT_READY, "whether this key is admitted is not known now; try again in a moment")
