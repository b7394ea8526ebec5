"""Audio as packets and samples: RTP, RTCP, G.711, digits, tones, recordings. Pure: no sockets, no clocks."""
