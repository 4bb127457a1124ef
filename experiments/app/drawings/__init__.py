"""Drawings of the app, as SVG."""
