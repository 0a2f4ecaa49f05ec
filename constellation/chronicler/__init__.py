"""The query side: history and market data in SQL. Nothing lives here yet; see ``docs/internals/architecture.md``."""
