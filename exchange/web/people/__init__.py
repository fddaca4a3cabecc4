"""The portal's threshold: enrolling a passkey, signing in and out."""
