"""The sockets, the clock and the writing thread behind `appliance.media`."""
