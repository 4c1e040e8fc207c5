"""Conformity runs (联调自测): what an integrator's system is asked to do, and what it did.

A scenario is data (`schemas/conformity`); here it is read, given names, and compared with what the
sandbox really received. Nothing here knows a single task.
"""
