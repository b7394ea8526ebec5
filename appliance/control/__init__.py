"""The control room: one JSON API and one event stream on the Unix socket."""
