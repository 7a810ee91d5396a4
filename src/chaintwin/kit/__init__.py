"""Plain tools with no knowledge of the twin: clock, codes, Chinese text, problems, places."""
