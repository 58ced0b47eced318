"""What tables of people say of a patch: its patient, its place, its label."""
