"""Which records are one body: firm names taken apart, pairs scored, judgements kept as facts."""
