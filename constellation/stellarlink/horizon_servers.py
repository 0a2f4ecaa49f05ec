"""Several Horizon servers as one Stellar network."""

from collections import Counter
from collections.abc import Sequence

from constellation.stellarlink.horizon import HorizonNetwork
from constellation.stellarlink.pool import LAG_LIMIT_S, NetworkPool


def horizon_pool(urls: Sequence[str], network_passphrase: str, *, lag_limit_s: float = LAG_LIMIT_S) -> NetworkPool:
    """A pool of Horizon servers, in the order of preference; its :meth:`close` closes them all.

    Args:
        urls: of the servers.
        network_passphrase: of the constellation's network.
        lag_limit_s: a server whose newest ledger is older is left for another.
    """
    networks = [HorizonNetwork(url) for url in urls]
    seen: Counter[str] = Counter()
    servers = []
    for network in networks:
        seen[network.name] += 1
        number = seen[network.name]
        servers.append((network.name if number == 1 else f"{network.name} ({number})", network))
    return NetworkPool(
        servers, network_passphrase, lag_limit_s=lag_limit_s, on_close=[network.close for network in networks]
    )
