"""What the office keeps: settings, history, registrations, messages, mail to send, sounds, sign-ins."""
