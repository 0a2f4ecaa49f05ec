"""Configuration, start-up sequences, the composition of alpha and auditor, and the command line."""
