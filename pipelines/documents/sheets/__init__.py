"""Spreadsheets → `Document`."""
