"""The exchange itself: the hub that members, agencies, candidates and auditors meet at."""
