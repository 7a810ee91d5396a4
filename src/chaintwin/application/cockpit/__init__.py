"""The cockpit room: a region's chains, gaps, candidates, projects and land on one page."""
