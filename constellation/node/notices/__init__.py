"""What a node tells its operator by itself: a webhook, a command or a mail for every change of state that matters.

What is to be said is decided without input or output (:mod:`.observing`, :mod:`.desk`); thin shells deliver it, beside
the node and never in its way (:mod:`.courier`, :mod:`.service`).
"""
