"""Which tables of a SQLite database have rows."""

from contextlib import closing

# Every database begins so.
MAGIC = b"SQLite format 3\0"
MAX_TABLES = 1000
# In instructions of SQLite's own machine, which takes a fraction of a second for them.
MAX_WORK = 10_000_000
# The bytes of the header that say whether the newest changes are in a second file, a WAL, which a
# database in memory cannot have. Source: https://www.sqlite.org/fileformat.html.
WAL_FLAGS, NO_WAL = slice(18, 20), b"\1\1"


def find_filled_tables(content: bytes) -> frozenset[str] | None:
    """Return the names of the tables with rows, or None if the database cannot be read.

    `content` is that of the whole file.
    """
    try:
        import sqlite3  # noqa: PLC0415  (not every Python is built with it)
    except ImportError:
        return None
    data = bytearray(content)
    data[WAL_FLAGS] = NO_WAL
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            # What this returns is true: the query ends.
            database.set_progress_handler(lambda: 1, MAX_WORK)
            database.deserialize(bytes(data))
            # Views and virtual tables have no page of their own.
            names = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 LIMIT ?",
                [MAX_TABLES],
            ).fetchall()
            return frozenset(
                name for (name,) in names if database.execute(_any_row(name)).fetchone()
            )
    except (AttributeError, sqlite3.Error):
        return None


def _any_row(table: str) -> str:
    quoted = table.replace('"', '""')
    return f'SELECT 1 FROM "{quoted}" LIMIT 1'  # noqa: S608  (a name can be no parameter)
