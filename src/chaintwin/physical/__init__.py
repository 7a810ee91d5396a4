"""The world in and out: sources, documents, imports, actions."""
