"""The commands of `relay`, one room each; the root in cli.py only lists them."""
