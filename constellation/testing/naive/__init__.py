"""A second model of the exchange that is obviously right, and slow: what the real machine is compared with.

Written from the rules, not from the machine, and sharing nothing with it but the messages and the check that settings
are valid by themselves: every order of the exchange is in one list that is searched and sorted again for each fill,
what an account has locked is summed up from its orders and withdrawals whenever somebody asks, what the vault must hold
is counted again, prices are fractions. The rules in the order in which they are asked decide which code a quantum is
refused with.

What it does not model: hashes of the state, batches, client signatures.
"""

from constellation.testing.naive.exchange import NaiveExchange

__all__ = ["NaiveExchange"]
