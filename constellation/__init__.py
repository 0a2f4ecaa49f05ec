"""Constellation: a second-layer exchange and payment network on Stellar."""

__version__ = "0.1.0"
