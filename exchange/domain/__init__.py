"""Rules that only the hub decides; pure, so that they can be tried without one."""
