"""Who the node is: its key, and whether the constellation knows it."""

from collections.abc import Iterator

from constellation.node.appointments import newest
from constellation.node.config import ConfigurationError, NodeConfig, load_settings
from constellation.node.doctor.findings import Finding, failed, ok, warning
from constellation.node.keys import KeyFileError, read_key_file
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms


def find_settings(config: NodeConfig) -> tuple[Settings | None, Finding]:
    """The constellation's settings, if they can be used."""
    try:
        settings = load_settings(config.settings_file)
    except ConfigurationError as error:
        return None, failed("settings", str(error), "get the file that all members have; compare its hash with theirs")
    return settings, ok(
        "settings", f"hash {settings_hash(settings).hex()}: the same at all members, or it is not yours"
    )


def look_at_key(role: str, config: NodeConfig, settings: Settings | None) -> Iterator[Finding]:
    """Look whether the key can be read, and whether it is a member's of this role."""
    try:
        own = read_key_file(config.key_file)
    except KeyFileError as error:
        yield failed("key", str(error), "make one with: constellation keys new, or name it with key_file")
        return
    if settings is None:
        yield ok("key", f"{own.address}; whether it is a member's is not known without settings")
        return
    terms = newest(Terms(settings), config.appointments_file)
    members = [terms.alpha] if role == "alpha" else terms.members.auditors
    if own.public in members:
        yield ok("key", f"{own.address}, {role} of this constellation")
    elif role == "auditor" and terms.knows(own.public):
        yield warning("key", f"{own.address} was, or will be, an auditor", "see docs/operating/auditors.md")
    else:
        expected = ", ".join(encode_public_key(key) for key in members)
        yield failed("key", f"{own.address} is not {role} here; that is {expected}", "use the member's own key_file")
