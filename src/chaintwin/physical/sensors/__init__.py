"""Readings of devices on their way into the twin: over MQTT, over HTTP, out of files."""
