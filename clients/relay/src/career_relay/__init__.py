"""The exchange as members, agencies and auditors use it from their own computers."""
