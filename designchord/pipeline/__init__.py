"""The verbs that the faces call, and the work behind them: steps, the repair ladder, the sweeper.

Only this layer enqueues and publishes, and only after a commit.
"""
