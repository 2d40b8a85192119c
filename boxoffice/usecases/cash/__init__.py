"""The drawer and its closings."""
