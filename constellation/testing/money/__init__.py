"""A whole constellation with a vault on a ledger, in memory, where everything goes wrong and no money may be lost.

::

    run(seed)
      world     a ledger with a real vault, traders, an issuer              VaultWorld
      cluster   production members, each with a server of its own           VaultCluster
      chaos     random deeds and faults                                     Chaos
      healing   faults end; everything must come to rest                    heal
      checks    the ledger's truth against the constellation's log          final_errors

No sockets, threads or real time: the same seed gives the same run. To repeat one: ``python -m
constellation.testing.money SEED``.
"""

from constellation.testing.money.run import Outcome, run

__all__ = ["Outcome", "run"]
