"""Box Office: sell, print and look up tickets on one shared PostgreSQL."""
