"""Tickets on paper, in PDF, as image and as preview: one drawing in millimetres for all of them.

Uses QtGui and QtPrintSupport only, and only while a QGuiApplication lives; everything here may run on a
worker thread.
"""
