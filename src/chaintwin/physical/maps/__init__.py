"""The boundary layer behind the maps: optional, replaceable, never part of the program."""
