"""Materialised paths: "/1/4/9/" names a node and its ancestors; a subtree is a half-open range."""

ROOT = "/"


def below(path: str) -> tuple[str, str]:
    """Bounds [low, high) of every path in the subtree of `path`, under byte order (COLLATE "C")."""
    return path, path[:-1] + chr(ord("/") + 1)


def within(path: str, ancestor: str) -> bool:
    """Whether `path` is `ancestor` or lies below it."""
    return path.startswith(ancestor)


def join(parent: str, key: int) -> str:
    return f"{parent}{key}/"


def keys(path: str) -> list[int]:
    """The keys on the way down, the node's own last: "/1/4/9/" → [1, 4, 9]."""
    return [int(part) for part in path.split("/") if part]


def replanted(path: str, old: str, new: str) -> str:
    """`path` after its ancestor `old` has become `new`."""
    return new + path.removeprefix(old)
