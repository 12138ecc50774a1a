"""An asset as a repository of the Hugging Face hub."""
