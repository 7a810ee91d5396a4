"""The dossier of a project: every change and every file is an item with a number and a hash."""
