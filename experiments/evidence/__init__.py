"""The model held against published evidence."""
