"""Who the node is: its key, and whether the constellation knows it."""

from collections.abc import Iterator

from constellation.node.appointments import newest
from constellation.node.config import ConfigurationError, NodeConfig, load_settings
from constellation.node.doctor.findings import Finding, failed, ok, warning
from constellation.node.node_key import node_signer
from constellation.node.secret_files import KeyFileError
from constellation.protocol.messages import Settings
from constellation.protocol.signing import SignerRefused, SignerUnavailable, settings_hash
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
        with node_signer(config, patience_s=0) as signer:
            public, address = signer.public, signer.address
    except KeyFileError as error:
        yield failed("key", str(error), "make one with: constellation keys new, or name it with key_file")
        return
    except (SignerUnavailable, SignerRefused) as error:
        yield failed("key", str(error), "start the signer first: constellation signer")
        return
    if settings is None:
        yield ok("key", f"{address}; whether it is a member's is not known without settings")
        return
    terms = newest(Terms(settings), config.appointments_file)
    members = [terms.alpha] if role == "alpha" else terms.members.auditors
    if public in members:
        yield ok("key", f"{address}, {role} of this constellation")
    elif role == "auditor" and terms.knows(public):
        yield warning("key", f"{address} was, or will be, an auditor", "see docs/operating/auditors.md")
    else:
        expected = ", ".join(encode_public_key(key) for key in members)
        yield failed("key", f"{address} is not {role} here; that is {expected}", "use the member's own key_file")
