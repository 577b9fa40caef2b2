"""`python -m crawler` is the command `nianbao`."""

from crawler.cli import main

if __name__ == "__main__":
    main()
