"""The process that follows the record: it fills the log, the views, and watches the clock."""

from dianchi.worker.filing import Filing, run_files
from dianchi.worker.process import REFUSED, Beside, run_worker, work

__all__ = ["REFUSED", "Beside", "Filing", "run_files", "run_worker", "work"]
