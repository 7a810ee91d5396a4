"""The direction room: which segments a region might turn to next, beside the plain control."""
