"""Word documents → `Document`."""
