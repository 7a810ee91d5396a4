"""The doors for people and programs: pages, open API, live events."""
