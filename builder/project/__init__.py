"""An author's project: made by init, watched by dev, looked over by doctor."""
