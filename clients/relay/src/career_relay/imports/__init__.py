"""Readers of what a member's own system holds, one room per format, one verdict per row."""
