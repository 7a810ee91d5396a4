"""The chain room: which firms stand on which links, what a region lacks, and how that is judged."""
