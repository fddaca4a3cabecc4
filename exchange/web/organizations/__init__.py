"""What every organization may ask and say: scheme, register, keys, people, own reveals."""
