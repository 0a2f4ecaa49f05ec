"""Runs the revisions on the connection that :func:`constellation.chronicler.migrating.migrate` hands over."""

from alembic import context

from constellation.chronicler.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
