"""The wire protocol: messages, signing, hashes, Merkle proofs, codes and limits. Pure; everything stands on it."""
