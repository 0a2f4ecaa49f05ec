"""Alpha and auditors: relay, votes, certificates, ledger reports, epochs."""
