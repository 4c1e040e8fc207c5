"""`python -m dianchi`: the same command line as the script `dianchi`."""

from dianchi.cli import main

if __name__ == "__main__":
    main()
