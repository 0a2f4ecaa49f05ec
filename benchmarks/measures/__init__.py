"""The benchmarks: each is a function that gives named figures."""
