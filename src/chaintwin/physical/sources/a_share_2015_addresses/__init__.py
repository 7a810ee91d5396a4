"""Addresses of A-share firms in October 2015."""
