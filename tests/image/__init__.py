"""The trial of the image: what ``make test-image`` does."""
