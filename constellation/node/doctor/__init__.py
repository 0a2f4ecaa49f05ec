"""``constellation doctor``: looks at a node's set-up before it is trusted, and says what to do.

It changes nothing and signs nothing. Every check yields :class:`~constellation.node.doctor.findings.Finding`; a check
that cannot be made says so instead of passing.
"""
