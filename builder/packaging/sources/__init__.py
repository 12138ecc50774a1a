"""The zip of sources for Mozilla's reviewers, and the check that a package can be rebuilt from it."""
