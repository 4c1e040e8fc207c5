"""Stock counts (盘点) as they are shown: what agreed, what was missing, what was extra."""
