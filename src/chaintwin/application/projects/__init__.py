"""Leads and projects: stages with gates, fields, promises, parcels and parks."""
