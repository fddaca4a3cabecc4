"""Use cases: one function, one transaction, and its attestation in that same transaction."""
