"""Keys by id and purpose, and what is sealed with them; a stranger to the rows."""
