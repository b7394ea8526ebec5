"""What the box says: the prompts in French and English, and the voice that speaks them."""
