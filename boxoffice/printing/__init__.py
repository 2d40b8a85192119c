"""Tickets on paper: QtGui and QtPrintSupport only, no window, no database."""
