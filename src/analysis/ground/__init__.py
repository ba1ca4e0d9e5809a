"""Where schools and pupils are: keys of places, distances, projections and the norms of reach."""
