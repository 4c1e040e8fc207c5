"""The synthetic province (示范): a made-up Yunnan, the same for the same seed, size and last day.

Every organisation is named 示范 and every page says that the data is synthetic. The moments of
recording are simulated as well (`seeding`); the truth about every lie is kept beside the data.
"""
