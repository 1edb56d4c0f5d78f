"""What everything else stands on: errors, random streams, profiles, registries."""
