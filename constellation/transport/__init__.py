"""What all of a node's listening sockets share: who is let in, and how much of each connection is taken at a time."""
