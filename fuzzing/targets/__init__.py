"""One module a target; its function ``fuzz`` raises when the input is a finding."""
