"""Market data over HTTP: one table of endpoints makes the routes, their checks, and their description."""
