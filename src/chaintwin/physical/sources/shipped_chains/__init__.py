"""The shipped chain graphs."""
