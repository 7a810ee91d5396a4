"""What happens along the chain when firms fall short, come or go: simulated on supply networks."""
