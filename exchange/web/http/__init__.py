"""What every door shares: who calls, what is refused and how, and what is remembered."""
