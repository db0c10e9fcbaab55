"""`python -m cispeed_tasks TASK`: the tasks where no tasks.py has them yet."""

from __future__ import annotations

from cispeed_tasks.tasks.program import program

if __name__ == "__main__":
    program().run()
