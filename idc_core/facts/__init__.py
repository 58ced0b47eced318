"""What leaves the program says what it was made of: one record of facts, one CSV, one naming."""
