"""The complexity room: what places do, how it hangs together, and what may come next.

Pure, but for `field` and `space`, which read listed firms from the picture of the chain rooms.
"""
