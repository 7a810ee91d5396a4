"""The twin: bodies and facts with two clocks, read through views and written through one door."""
