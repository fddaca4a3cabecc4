"""Rows: the only floor that knows SQL, one module per area."""
