"""The twin's SQL; nothing outside this folder speaks it."""
