"""What a fact, a period, a kind and an actor are."""
