"""What alembic runs around the migrations."""

from alembic import context

from hub.model import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
