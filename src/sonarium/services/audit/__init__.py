"""The audit trail [ITI-20]: what was done to whose studies, by whom, and what was refused.

Services note what they do by `trail`, in the transaction of the act. What is noted is given its
place in a chain (`sealing`), checked (`verifying`), read (`reading`) and handed on (`forwarding`)
by the other modules. Who acts is told once, at the door (`acting`).
"""
