"""Machinery: the database server, connections, migrations and heavy batch work."""
