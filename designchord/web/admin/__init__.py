"""Django's admin for staff, where there are accounts: who there is, what runs, what it costs, and how to end it.

Staff see how much there is of everything and what state it is in. They see no idea, no title, no artifact, no answer of
a model, no name that somebody gave to a token: those belong to their owners. Nothing is edited here; what can be done
(lock, unlock, revoke, delete) goes through the services, as everywhere.
"""
