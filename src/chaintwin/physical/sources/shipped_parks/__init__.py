"""The shipped parks."""
