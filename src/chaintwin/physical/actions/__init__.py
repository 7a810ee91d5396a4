"""What the twin does to the world outside: messages leave through here."""
