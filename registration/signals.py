"""What applications above may want to hear of."""

from django.dispatch import Signal

# Arguments: assignment. Sent in the transaction that ends it.
assignment_ended = Signal()
