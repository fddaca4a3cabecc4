"""The member's own store: one SQLite file on its own machine, which names never leave."""
