"""How the shipped networks are made: one list of steps, each an exact command."""
