"""Whole constellations in simulated time, on simulated networks and disks, with everything that can go wrong.

One process, one seed, one run: alpha, auditors, Horizon servers and traders are the programs of production; below them
lie an event loop whose time is virtual (:mod:`.loop`), a network (:mod:`.network`) and disks (:mod:`.threads`,
:mod:`.damage`) that fail as the seed says (:mod:`.weather`), while :mod:`.oracles` watch. See
``docs/internals/simulation.md``.
"""
