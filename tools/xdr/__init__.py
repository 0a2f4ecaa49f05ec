"""The XDR message generator's parts: grammar, syntax tree, resolved model and the two emitters."""
