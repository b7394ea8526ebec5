"""What the staff set: frozen records, and what must hold among them."""
