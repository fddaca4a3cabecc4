"""The doors of the exchange: one per audience, all built on the same threshold."""
