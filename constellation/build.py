"""What an installation is made of."""

from importlib.util import find_spec

from constellation import __version__


def core_is_compiled() -> bool:
    """Whether the core was compiled; its sources may lie beside it."""
    found = find_spec("constellation.protocol.xdr")
    return found is not None and found.origin is not None and not found.origin.endswith(".py")


def version_text() -> str:
    """The version for people, and how the core runs when that is not as it does everywhere."""
    return f"{__version__} (compiled core)" if core_is_compiled() else __version__
