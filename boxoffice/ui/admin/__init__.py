"""The Admin screen: who works here, the tills, and the evidence of what was done."""
