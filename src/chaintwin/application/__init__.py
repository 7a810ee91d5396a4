"""Rooms that answer the questions of officers, archivists and leaders from the twin."""
