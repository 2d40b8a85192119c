"""The trade in plain values: no Qt, no SQL, no clock and no I/O of its own."""
