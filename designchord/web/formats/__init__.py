"""How Django's own pages write times: as ours do."""
