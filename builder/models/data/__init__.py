"""Recipes, labelled texts, and the splits that training and evaluation read."""
