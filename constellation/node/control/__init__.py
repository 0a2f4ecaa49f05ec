"""What alpha's operator can do to the running process, on its own machine."""
