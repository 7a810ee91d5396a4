"""The database server: a real PostgreSQL started by the program itself, or one named by URL."""

from chaintwin.engine.postgres.cluster import Cluster
from chaintwin.engine.postgres.launch import ensure, running, stop

__all__ = ["Cluster", "ensure", "running", "stop"]
