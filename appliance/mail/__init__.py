"""E-mail to the staff: messages with their sound attached, sent until the server has taken them."""
