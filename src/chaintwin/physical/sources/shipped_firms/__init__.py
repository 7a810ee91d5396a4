"""The shipped firms."""
