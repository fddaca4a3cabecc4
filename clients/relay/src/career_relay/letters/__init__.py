"""The letter that tells a decision, and carries one private link, in the company's own words."""
