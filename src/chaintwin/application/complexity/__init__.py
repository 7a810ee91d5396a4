"""The complexity room: what places do, how it hangs together, and what may come next. Pure."""
