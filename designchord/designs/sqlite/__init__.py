"""Django's SQLite for a process of many threads."""
