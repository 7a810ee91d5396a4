"""The invented records of the demo region."""
