"""What was built, held against its design."""
