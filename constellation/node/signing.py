"""Signing without stopping the event loop, and without giving up at once, where the key is not in this process."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from constellation.protocol.signing import KeyPair, Signer, SignerUnavailable

log = logging.getLogger(__name__)

PATIENCE_S: Final = 10.0
"""For a signer that is being restarted; after it, the node ends."""

_PAUSE_S = 0.2
_LOOK_S = 1.0

_T = TypeVar("_T")


async def patiently(signer: Signer, sign: Callable[[], _T]) -> _T:
    """What ``sign`` returns: at once with a key of this process, otherwise from a thread, and tried again for a while.

    Args:
        signer: that ``sign`` uses.
        sign: touches nothing that changes meanwhile.

    Raises:
        SignerUnavailable: the key could not be reached for :data:`PATIENCE_S`.
        SignerRefused: it will not sign this.
    """
    if isinstance(signer, KeyPair):
        return sign()
    deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
    is_told = False
    while True:
        try:
            return await asyncio.to_thread(sign)
        except SignerUnavailable as error:
            if asyncio.get_running_loop().time() > deadline_s:
                raise
            if not is_told:
                log.warning("the signer does not answer", extra={"reason": str(error)})
            is_told = True
        await asyncio.sleep(_PAUSE_S)


def watching(signer: Signer) -> list[Coroutine[Any, Any, None]]:
    """Work that notices when the key is gone; none for a key of this process."""
    return [] if isinstance(signer, KeyPair) else [_watch(signer)]


async def _watch(signer: Signer) -> None:
    """Ask again and again, until cancelled.

    Raises:
        SignerUnavailable: nobody has answered for :data:`PATIENCE_S`.
        SignerRefused: another key is there.
    """
    while True:
        await patiently(signer, signer.check)
        await asyncio.sleep(_LOOK_S)
