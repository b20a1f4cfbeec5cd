"""What can be said about people? Tags and segments: rules, both ways of working them out, and why they hold."""
