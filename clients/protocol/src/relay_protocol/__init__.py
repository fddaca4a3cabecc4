"""What all sides must agree on: the bytes, the rules, the proofs and the audit."""
