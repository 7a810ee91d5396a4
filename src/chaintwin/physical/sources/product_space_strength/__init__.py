"""How strongly products of the product space are tied to one another."""
