"""The wire protocol: messages, signing, hashes, Merkle proofs, error codes and limits. Pure; everything stands on it."""
