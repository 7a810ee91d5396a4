"""The list of A-share firms."""
