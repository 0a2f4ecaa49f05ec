"""Alembic's environment: which revisions make the tables of a chronicle."""
