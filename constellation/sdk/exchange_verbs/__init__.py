"""What a :class:`constellation.sdk.Exchange` can be asked for, by subject."""
