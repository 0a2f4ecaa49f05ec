"""Readable codec of codes.x.

Generated from xdr/codes.x by tools/xdr_generator.py; do not edit.

Stable codes: what a refused message, request, batch or connection was refused for. Never renumber.
"""
