"""Plain text → `Document`: tables that nothing but characters holds together."""
