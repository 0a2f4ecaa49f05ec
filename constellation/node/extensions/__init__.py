"""Runs what an operator has plugged in (:mod:`constellation.extensions`), so that it can harm nobody.

Code that hangs cannot be interrupted in Python: nothing of an extension runs on the event loop or in a pool that the
node has to wait for at its end. Each call is in a daemon thread, with a time-out, and the number of threads is bounded.
"""
