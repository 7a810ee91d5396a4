"""Keeping an installation in order: backup, restore, upgrade, and a check of what is missing."""
