"""Measuring designs against what was asked for: pure, from ideas and snapshots to figures, tables and a picture."""
