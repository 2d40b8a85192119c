"""The list of events: its rows, the model that pages them, the view that draws them, the filter."""
