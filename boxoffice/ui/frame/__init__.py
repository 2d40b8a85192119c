"""What stands around every screen: rail, top bar, banner, help, and the dialog for faults of ours."""
