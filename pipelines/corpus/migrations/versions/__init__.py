"""The steps, in the order of their names. One that has been released is never changed."""
