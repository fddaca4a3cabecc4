"""What anybody may read: the front page, the API explained, and how the exchange is."""
