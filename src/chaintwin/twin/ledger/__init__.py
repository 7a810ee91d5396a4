"""The ledger: one Merkle log of changes per tenant, signed, proved, witnessed and verified."""
