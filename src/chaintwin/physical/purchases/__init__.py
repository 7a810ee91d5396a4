"""Purchase lists of anchor firms: template, check, confirmation, rows to correct."""
