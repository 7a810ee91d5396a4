"""Who may ask what: tenants, accounts, roles, labels and the audit trail."""
