"""What an auditor's operator lets it co-sign: rules of its own, beside those of the constellation.

They are about withdrawals alone; what the constellation wishes for itself always passes. An auditor that holds a
signature back harms nobody: without a quorum the withdrawal lapses, and its money is free again.
"""
