"""How Patroni's own functions are changed: wrapped, each where it is there. A newer Patroni without one keeps its own ways."""


def wrap(*changes):
    """Each (owner, name, wrapper): what `wrapper` makes of the owner's function takes its place."""
    for owner, name, wrapper in changes:
        if hasattr(owner, name):
            setattr(owner, name, wrapper(getattr(owner, name)))
