"""Who is told of changes, how far each was served, and the serving itself."""
