"""What the parts of a constellation cost: measured, compared with the last committed result, and shown.

``python -m benchmarks`` runs all of them; ``benchmarks/suite.py`` names them.
"""
