"""The targeting room: which firms could fill a gap, why these, and what speaks against them."""
