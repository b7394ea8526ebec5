"""What the pages say of ring groups: whose turn it is, and who waits."""

from __future__ import annotations

from webui.language import N_

# Reasons of the trail; see routing.trail.
REASONS = {
    "turn_round_robin": N_("It is the turn of {person}"),
    "turn_longest_idle": N_("{person} has been off the phone for the longest time"),
    "signed_out": N_("{person} has signed out of {group}"),
    "queue_waits": N_("Nobody of {group} is free: the caller waits"),
    "queue_behind": N_("{waiting} callers wait for {group} already: the caller waits behind them"),
    "queue_waits_on": N_("The caller waits on"),
    "queue_turn": N_("The caller's turn has come"),
    "queue_full": N_("{waiting} callers wait for {group}: no more are kept waiting"),
    "queue_over": N_("The caller has waited for {seconds} s: that is enough"),
    "queue_nobody": N_("Nobody of {group} is there to wait for"),
}

# What a group begins with.
NEW_GROUP = {"order": "together", "max_wait": 30}
NEW_QUEUE = {
    "max_wait": 300,
    "max_waiting": 10,
    "say_position": True,
    "say_wait": True,
    "offer_call_back": False,
    "every_seconds": 45,
}

ORDERS = {
    "together": N_("All at once"),
    "in_order": N_("One after the other, from the top"),
    "round_robin": N_("In turn: each call begins with the one after who rang last"),
    "longest_idle": N_("First whoever has not been on the phone for longest"),
}
SHORT_ORDERS = {
    "together": N_("all at once"),
    "in_order": N_("one after the other"),
    "round_robin": N_("in turn"),
    "longest_idle": N_("longest idle first"),
}
# Whose turn it is, on the drawing.
TURNS = {
    "round_robin": N_("in turn: {members}"),
    "longest_idle": N_("longest idle first: {members}"),
}
STATES = {"waiting": N_("waiting in a queue")}
# A queue on the drawing.
QUEUE = N_("{members}; up to {waiting} callers wait {seconds} s")
