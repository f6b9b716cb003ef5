"""The verbs that the faces call, and the work behind them: steps and the repair loop.

Only this layer enqueues and publishes, and only after a commit.
"""
