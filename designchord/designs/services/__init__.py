"""Every write to the database, one module a noun. Nothing here talks to a model, a broker or a browser.

Functions that change what a watcher sees return the events they stored; whoever called them publishes those after
the commit.
"""
