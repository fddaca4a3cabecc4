"""The candidates' door: pages behind private links, without script, cookie or account."""
