"""The door of auditors: the ledger's files, packs of reveals, audited periods."""
