"""The exchange for any WSGI server: `application`, set up from the environment."""

from exchange.app import from_environment

application = from_environment()
