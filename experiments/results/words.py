"""What pydantic says of a value in a file, in the words of this project's other messages."""

WORDS = (
    ("Input should be ", "expected "), (", unable to parse string as an integer", ""),
    (", unable to parse string as a number", ""), ("a valid tuple", "a list of two"), ("a valid list", "a list"),
    ("a valid dictionary or instance of Design", 'a table, such as { kind = "sobol" }'),
    ("a valid dictionary", "a table"), ("a valid integer", "a whole number"), ("a valid number", "a number"),
    ("a valid string", "text"), ("a valid boolean", "true or false"), ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"), ("greater than", "more than"),
)  # fmt: skip


def plain(said: str) -> str:
    """``Input should be a valid integer`` as ``expected a whole number``."""
    for theirs, ours in WORDS:
        said = said.replace(theirs, ours)
    return said[0].lower() + said[1:]
