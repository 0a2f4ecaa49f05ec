"""Extensions' say in what an auditor co-signs: each can refuse, and one that does not answer refuses everything."""

from collections.abc import Mapping, Sequence

from constellation.extensions import CosigningHook, WithdrawalInQuestion
from constellation.node.extensions.caller import Caller, HookFailed
from constellation.node.extensions.words import clean


class CosigningHooks:
    """Of one auditor.

    Args:
        hooks: with who calls them.
    """

    def __init__(self, hooks: Sequence[tuple[Caller, CosigningHook]]) -> None:
        self._hooks = hooks

    async def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> dict[bytes, str]:
        """Why withdrawals are not signed now, by their transaction; each extension is asked about what is left."""
        found: dict[bytes, str] = {}
        for caller, hook in self._hooks:
            left = [item for item in withdrawals if item.transaction not in found]
            if left:
                found |= await _ask(caller, hook, left)
        return found


async def _ask(caller: Caller, hook: CosigningHook, left: list[WithdrawalInQuestion]) -> dict[bytes, str]:
    asked = {item.transaction for item in left}
    try:
        refusals = await caller.call(lambda: hook.refusals(tuple(left)), lambda said: _refusals(said, asked))
    except HookFailed as error:
        return dict.fromkeys(asked, str(error))
    return {key: f"the extension {caller.record.name} refuses: {reason}" for key, reason in refusals.items()}


def _refusals(said: object, asked: set[bytes]) -> dict[bytes, str]:
    """What a hook has said.

    Raises:
        ValueError: it is no answer to what was asked.
    """
    if not isinstance(said, Mapping):
        raise ValueError(f"a {type(said).__name__} is no mapping")
    found = {}
    for key, reason in said.items():
        if not isinstance(key, bytes) or key not in asked:
            raise ValueError("it refuses what it was not asked about")
        if not isinstance(reason, str):
            raise ValueError("a reason is no text")
        found[bytes(key)] = clean(reason)
    return found
