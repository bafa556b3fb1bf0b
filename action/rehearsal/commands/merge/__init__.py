"""`rehearse merge`: merge the evidence of all shards and browsers."""
