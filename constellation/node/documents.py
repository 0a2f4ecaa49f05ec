"""JSON documents that somebody may have changed, or written by hand."""

from typing import Final

MALFORMED: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading one raises that is no JSON, is nested without end, or holds something else than it should."""
