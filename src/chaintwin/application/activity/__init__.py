"""Whether a firm produces and a site is worked on, told from what is measured there."""
