"""Merge the rehearsals of all shards and browsers into one: summary, verdict, index of evidence."""
