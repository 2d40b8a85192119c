"""The tables as SQLAlchemy sees them: mirrors of migrations/sql, for queries and the test.

Rows never leave storage and usecases. CHECK constraints, triggers and functions live in the migrations alone.
Import the tables that are needed: mapping all of them (`whole`) takes a tenth of a second.
"""
