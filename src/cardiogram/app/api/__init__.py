"""What the page and other programs may ask of the app, view by view."""
