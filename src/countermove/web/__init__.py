"""The web app: a JSON API over the calls that the command line makes, and the built front end that shows it."""
