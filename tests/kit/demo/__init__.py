"""The demonstration portal: a made-up city whose portal has the habits of the real ones.

`python -m tests.kit.demo` serves it on loopback and crawls it; that is what ``make crawl`` does.
"""
