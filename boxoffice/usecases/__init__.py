"""One file per deed of the trade: its command, its result and its function."""
