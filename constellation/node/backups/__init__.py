"""Backups of a node's data directory: made beside the running node, verified, and put back."""
