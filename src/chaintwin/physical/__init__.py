"""The way in from the world: sources, loading, and officers' imports."""
