"""Pages that are empty until their scripts have run, shown in Chromium (an extra)."""
