"""Side by side with peers, in the same run on the same machine; and crash trials.

Nothing here is a test: figures are ratios to a peer, printed as a table and written as JSON.
"""
