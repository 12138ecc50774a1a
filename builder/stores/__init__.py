"""What the stores want: checks that catch a rejection before the store does, and the permissions with their reasons."""
