"""The members' door: what origins send and learn, and what hirers confirm."""
