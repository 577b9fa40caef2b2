"""The one tree of errors that a user can meet.

    NianbaoError                1  a fault of ours
    ├── UsageError              2  wrong usage
    │   └── ConfigurationError  2  a configuration file that is wrong
    ├── Incomplete              3  finished, but something expected was missing
    ├── ArchiveError            4  the archive is damaged or could not be written
    ├── BucketError             4  the bucket that the archive lies in can't be reached, or refuses
    └── Refused                 5  the site refuses robots

The number is the exit code of the command line (the public interface). A message names the file, URL or
key concerned and what can be done; it is printed as one line, without a traceback.
"""


class NianbaoError(Exception):
    """Root of the tree."""

    exit_code = 1


class UsageError(NianbaoError):
    """The command cannot do what it was asked: a bad argument, a missing file, a folder that is not ours."""

    exit_code = 2


class ConfigurationError(UsageError):
    """A configuration file is wrong; the message names file, line or key, and what would be right."""


class Incomplete(NianbaoError):
    """The work was finished, but something expected was missing or could not be read."""

    exit_code = 3


class ArchiveError(NianbaoError):
    """The archive is damaged or could not be written; the message names file, offset and reason."""

    exit_code = 4


class BucketError(NianbaoError):
    """The bucket did not do what was asked; nothing is known to be damaged or missing. The message names the URL."""

    exit_code = 4


class Refused(NianbaoError):
    """The site refuses robots, and nothing else was found."""

    exit_code = 5
