"""Fuzzing: every door through which somebody else's bytes come in, and a runner that throws bytes at them.

``python -m fuzzing`` runs it; ``docs/internals/fuzzing.md`` says how.
"""
