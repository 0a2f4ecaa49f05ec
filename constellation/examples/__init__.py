"""Short programs that show what the SDK is for: ``python -m constellation.examples.market_maker …``.

Each says at its top how it is run. They use :mod:`constellation.sdk` alone, as any other program would.
"""
