"""What deeds of any screen are asked for with: one form, a manager's leave, what came of it."""
