"""The SQL of tenants, accounts, sessions and the audit trail."""
