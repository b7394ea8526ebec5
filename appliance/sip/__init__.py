"""SIP, SDP and digest: bytes and time in, bytes and events out; no sockets, no clock, no randomness."""
