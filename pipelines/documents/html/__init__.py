"""HTML pages as portals serve them → `Document`."""
