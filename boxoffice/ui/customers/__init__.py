"""Customers beside other things: the widget that finds one or takes one down."""
