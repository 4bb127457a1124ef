"""The ledger and the payments that contracts come to owe."""
