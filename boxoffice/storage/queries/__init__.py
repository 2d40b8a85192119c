"""Questions to the database; each answers in frozen rows."""
