"""The story that the demo tells and the tests walk: a scheme, its people and their relays."""
