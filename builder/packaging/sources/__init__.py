"""The zip of sources for Mozilla's reviewers, and the check that it rebuilds a package."""
