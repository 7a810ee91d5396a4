"""An officer's own list of firms: template, check, confirmation, rows to correct."""
