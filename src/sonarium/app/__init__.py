"""Build everything and start it.

Here live the settings tree, the command line, the supervisor and the roles it runs. Nobody
imports this room. What decides belongs in services; what translates belongs in faces.
"""
