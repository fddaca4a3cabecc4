"""The door of the consortium's office: how the hub is, and who waits for what."""
