"""How steps run in a process: leases, the admission limit, live text, the sweeper, and what they are given."""
