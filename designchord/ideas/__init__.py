"""What an author wrote, read by its structure alone: pages, languages; nothing here knows what a design is."""
