"""PostgreSQL.

The embedded server, the pool, transactions, SQL files and migrations. Knows no table of
ours.
"""
