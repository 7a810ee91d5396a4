"""The shipped divisions."""
