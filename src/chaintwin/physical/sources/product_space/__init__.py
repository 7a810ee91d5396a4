"""The product space of world trade: products by HS code and which stand near which."""
