"""Dated triples from news and registers, 2025."""
