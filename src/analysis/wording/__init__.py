"""The sentences: computed from frames, in both languages from the same numbers; they describe and never explain."""
