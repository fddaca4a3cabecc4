"""A witness for any transparency log: cosigns what continues, keeps what contradicts."""
