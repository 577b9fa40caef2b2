"""Characters that are the wrong reading of the right bytes."""



def mend_mojibake(text: str) -> tuple[str, tuple[str, str] | None]:
    """Replaced below."""
    return text, None
