"""The Orders screen: every order, found and looked at."""
