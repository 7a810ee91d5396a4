"""Products and industries of listed firms, 2021."""
