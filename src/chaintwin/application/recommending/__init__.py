"""Learned recommendations: what a firm makes next, what a product needs, where firms come up."""
