"""The ledger's records as Horizon's JSON resources. Pure functions: records and links in, plain dictionaries out."""
