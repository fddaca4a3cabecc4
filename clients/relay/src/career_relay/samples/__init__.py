"""Made-up applications: what a newcomer tries first, and what a demonstration is played with."""
