"""What a :class:`constellation.sdk.Client` can be asked for, by subject."""
