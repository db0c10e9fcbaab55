"""Workflows that are run here: jobs after each other, with all that GitHub would give to their steps."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.run.rehearse import Options
from cispeed_tasks.run.rehearse_history import Wish
from tests.run.rehearsals import Stage, stage


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Stage:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return stage(tmp_path, monkeypatch, capsys)


def test_outputs_go_from_step_to_step_and_from_job_to_job(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: {list: "${{ steps.find.outputs.list }}", text: "${{ steps.find.outputs.text }}"}
    steps:
      - id: find
        run: |
          echo 'list=["b", "c"]' >> "$GITHUB_OUTPUT"
          printf 'text<<END\\nline 1\\nline 2\\nEND\\n' >> "$GITHUB_OUTPUT"
      - run: echo 'here ${{ steps.find.outputs.list }}'
  build:
    needs: plan
    if: needs.plan.outputs.list != '[]'
    runs-on: ubuntu-latest
    strategy:
      matrix:
        image: ${{ fromJSON(needs.plan.outputs.list) }}
        include: [{image: c, size: large}]
    steps:
      - env: {TEXT: "${{ needs.plan.outputs.text }}"}
        run: echo "${{ matrix.image }} ${{ matrix.size }} ${{ strategy.job-index }} of ${{ strategy.job-total }} $TEXT"
""")
    assert found.error is None, found.said
    assert found.results == {"plan": "success", "build (b)": "success", "build (c, large)": "success"}
    assert found.jobs["plan"]["outputs"] == {"list": '["b", "c"]', "text": "line 1\nline 2"}
    assert found.lines() == ['here ["b", "c"]', "b  0 of 2 line 1", "line 2", "c large 1 of 2 line 1", "line 2"]


def test_a_step_that_fails_and_what_still_runs(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {id: soft, run: exit 4, continue-on-error: true}
      - run: echo "${{ steps.soft.outcome }} ${{ steps.soft.conclusion }}"
      - run: exit 3
      - run: echo never
      - {if: failure(), run: echo "on failure"}
      - {if: always(), run: "echo ${{ job.status }}"}
      - {if: "github.event_name == 'push'", run: echo never}
""")
    assert isinstance(found.error, WorkFailed)
    assert str(found.error) == "w failed\n  a: step 'Run exit 3' exit code 3"
    assert found.outcomes("a") == ["failure", "success", "failure", "skipped", "success", "success", "skipped"]
    assert [step["conclusion"] for step in found.jobs["a"]["steps"]][:3] == ["success", "success", "failure"]
    assert found.lines() == ["failure success", "on failure", "failure"]


def test_an_aggregate_job_sees_every_result(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  good: {runs-on: x, steps: [{run: "true"}]}
  bad: {runs-on: x, steps: [{run: "false"}]}
  off: {if: "github.event_name == 'schedule'", runs-on: x, steps: [{run: "false"}]}
  behind-off: {needs: [good, off], runs-on: x, steps: [{run: "false"}]}
  behind-that: {needs: behind-off, if: "!failure()", runs-on: x, steps: [{run: "true"}]}
  tolerated: {continue-on-error: true, runs-on: x, steps: [{run: "false"}]}
  behind-bad: {needs: bad, runs-on: x, steps: [{run: "true"}]}
  verdict:
    if: always()
    needs: [good, bad, off, behind-off, tolerated, behind-bad]
    runs-on: x
    steps:
      - run: echo "${{ join(needs.*.result, ' ') }}"
      - if: contains(needs.*.result, 'failure')
        run: exit 1
""")
    assert found.results == {
        "good": "success",
        "bad": "failure",
        "off": "skipped",
        "behind-off": "skipped",
        "behind-that": "success",
        "tolerated": "failure",
        "behind-bad": "skipped",
        "verdict": "failure",
    }
    assert found.lines() == ["success failure skipped skipped success skipped"]
    assert found.jobs["behind-bad"]["cause"] == "bad did not pass"
    assert found.jobs["behind-off"]["cause"] == "off was skipped"
    assert str(found.error).splitlines()[1:] == [
        "  bad: step 'Run false' exit code 1",
        "  verdict: step 'Run exit 1' exit code 1",
    ]


@pytest.mark.parametrize(("fail_fast", "last"), [("true", "cancelled"), ("false", "success")])
def test_a_matrix_stops_at_the_first_failure_unless_told_otherwise(here: Stage, fail_fast: str, last: str) -> None:
    found = here.rehearse(f"""
jobs:
  a:
    runs-on: x
    strategy: {{fail-fast: {fail_fast}, matrix: {{n: [0, 1, 2]}}}}
    steps: [{{run: "test ${{{{ matrix.n }}}} != 1"}}]
""")
    assert found.results == {"a (0)": "success", "a (1)": "failure", "a (2)": last}


def test_variables_and_their_precedence(here: Stage) -> None:
    here.monkeypatch.setenv("MY_SECRET", "not for jobs")
    found = here.rehearse("""
env: {A: top, B: top, C: top, D: top, E: "${{ github.event_name }}"}
jobs:
  a:
    runs-on: x
    env: {B: job, C: job, D: job, F: "${{ github.repository }}"}
    steps:
      - run: |
          echo C=file >> "$GITHUB_ENV"
          printf 'MANY<<x\\n1\\n2\\nx\\n' >> "$GITHUB_ENV"
      - env: {D: step}
        run: echo "$A $B $C $D $E $F ${{ env.D }} ${{ env.C }}"; echo "$MANY"
      - run: echo "$D ${MY_SECRET:-none} $CI $GITHUB_ACTIONS $RUNNER_OS ${{ runner.os }}"
""")
    system = "Linux" if os.uname().sysname == "Linux" else "macOS"
    assert found.lines() == [
        "top job file step push local/shop step file",
        "1",
        "2",
        f"job none true true {system} {system}",
    ]


def test_the_files_of_a_step(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - run: |
          mkdir "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho found' > "$RUNNER_TEMP/bin/my-tool"
          chmod +x "$RUNNER_TEMP/bin/my-tool"
          echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
          echo '### Well' >> "$GITHUB_STEP_SUMMARY"
          python3 -c 'import json, os; print(json.load(open(os.environ["GITHUB_EVENT_PATH"]))["ref"])'
      - run: my-tool; pwd; ls "$GITHUB_WORKSPACE" | wc -l
        working-directory: ${{ runner.temp }}
      - run: echo "nothing here" >> "$GITHUB_OUTPUT"
""")
    lines = found.lines()
    assert [lines[0], lines[1], lines[3]] == ["refs/heads/main", "found", "0"]
    assert lines[2].endswith("/a/_temp")
    assert (
        found.jobs["a"]["steps"][2]["cause"]
        == "GITHUB_OUTPUT: 'nothing here' is neither NAME=VALUE nor NAME<<DELIMITER"
    )
    assert (here.work.path / ".cispeed/rehearsal/summary.md").read_text() == "## a\n\n### Well\n"


def test_shells_and_defaults(here: Stage) -> None:
    found = here.rehearse("""
defaults: {run: {shell: sh}}
jobs:
  a:
    runs-on: x
    steps:
      - run: false | true; echo "sh goes on behind a pipe"
      - {shell: bash, run: "false | true; echo bash does not"}
  b:
    runs-on: x
    defaults: {run: {shell: "python3 {0}", working-directory: /}}
    steps:
      - run: |
          import os
          print(os.getcwd())
""")
    assert found.lines() == ["sh goes on behind a pipe", "/"]
    assert found.outcomes("a") == ["success", "failure"]


def test_what_takes_too_long(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - {run: sleep 100, timeout-minutes: "${{ 0.01 }}", continue-on-error: true}
      - run: echo on
  b:
    timeout-minutes: 0.01
    runs-on: x
    steps: [{run: sleep 100}, {run: echo never}, {if: always(), run: echo down}]
  c: {if: always(), needs: [a, b], runs-on: x, steps: [{run: "echo ${{ needs.b.result }}"}]}
""")
    assert found.results == {"a": "success", "b": "cancelled", "c": "success"}
    assert found.jobs["a"]["steps"][0]["cause"].startswith("not done within 0.")
    assert found.jobs["b"]["steps"][0]["cause"] == "the job's timeout-minutes are over"
    assert found.lines() == ["on", "down", "cancelled"]


def test_what_steps_print(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - name: Take ${{ github.ref_name }}
        run: |
          echo "::add-mask::hunter2"
          echo "the password is hunter2"
          echo "::group::Part"
          echo "::error file=a.py,line=3::bad"
      - run: echo "::set-output name=x::y"
""")
    assert found.lines()[:3] == ["the password is ***", "▸ Part", "error: a.py:3: bad"]
    assert found.jobs["a"]["steps"][0]["name"] == "Take main"
    assert found.jobs["a"]["steps"][1]["cause"].startswith("`::set-output` is a command of the past")


def test_caches_stay_and_artifacts_do_not(here: Stage) -> None:
    workflow = """
jobs:
  a:
    runs-on: x
    steps:
      - id: cache
        uses: actions/cache@v4
        with: {path: pkg, key: "k-${{ hashFiles('lock') }}", restore-keys: "k-"}
      - run: echo "hit=${{ steps.cache.outputs.cache-hit }}"; cat pkg/* || mkdir -p pkg; echo 1 > pkg/one; echo 2 > result
      - uses: actions/upload-artifact@v4
        with: {name: out, path: result}
  b:
    needs: a
    runs-on: x
    steps:
      - uses: actions/download-artifact@v4
        with: {name: out, path: got}
      - run: cat got/result
"""
    first, second = here.rehearse(workflow), here.rehearse()
    assert (first.error, second.error) == (None, None)
    assert [line for line in first.lines() if line.startswith(("cache", "hit", "art"))] == [
        "cache miss: k-",
        "hit=",
        "artifact out: 1 file",
        "cache saved: k-",
        "artifact out",
    ]
    assert "hit=true\n  1\n" in second.said


def test_a_pull_request_runs_on_its_merge_and_sees_what_it_changes(here: Stage) -> None:
    here.work.commit(**{"a": "1", ".gitignore": ".cispeed\n"})
    here.write("""
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: "${{ github.event_name == 'pull_request' && '0' || '1' }}", persist-credentials: false}
      - env: {BASE: "${{ github.event.pull_request.base.sha }}", HEAD: "${{ github.event.pull_request.head.sha }}"}
        run: git diff --name-only "$BASE...$HEAD"; ls; echo "$GITHUB_BASE_REF $GITHUB_HEAD_REF $GITHUB_REF"
""")
    here.work.git("checkout", "--quiet", "-b", "other")
    here.work.commit("b")
    here.work.git("checkout", "--quiet", "main")
    here.work.commit("c")
    here.work.git("checkout", "--quiet", "other")
    found = here.rehearse(options=Options(event="pull_request"))
    assert found.error is None, found.said
    assert found.lines()[1:] == ["b", "a", "b", "c", "main other refs/pull/1/merge"]


def test_what_is_not_committed_is_left_out_or_taken(here: Stage) -> None:
    here.work.commit(**{".gitignore": ".cispeed\n", "a": "1"})
    workflow = "jobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v4}, {run: 'cat a; ls'}]}}"
    here.write(workflow)
    here.work.write({"a": "2\n", "new": ""})
    clean, dirty = here.rehearse(), here.rehearse(options=Options(event="push", wish=Wish(dirty=True)))
    assert "! 2 files are not committed and not rehearsed; --dirty takes them, too" in clean.said
    assert "committed" not in dirty.said
    assert [clean.lines()[1:], dirty.lines()[1:]] == [["1a"], ["2", "a", "new"]]
    assert here.work.git("status", "--porcelain").split("\n") == ["M a", "?? new"]


def test_inputs_of_a_dispatch(here: Stage) -> None:
    workflow = """
on: {workflow_dispatch: {inputs: {all: {type: boolean, default: false}, level: {default: low}}}}
jobs:
  a: {if: "inputs.all", runs-on: x, steps: [{run: "echo ${{ inputs.level }} ${{ github.event.inputs.all }}"}]}
"""
    assert here.rehearse(workflow, Options()).results == {"a": "skipped"}
    found = here.rehearse(options=Options(inputs={"all": "true", "level": "high"}))
    assert found.lines() == ["high true"]


def test_what_cannot_run_here_is_said(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - {id: x, uses: docker/login-action@v3}
      - {uses: ./.github/actions/mine}
      - run: echo "${{ steps.x.outcome }} ${{ steps.x.outputs.nothing }}"
  b: {runs-on: x, container: debian, steps: [{run: "true"}]}
  c: {runs-on: windows-latest, steps: [{run: "true"}]}
  d: {uses: ./.github/workflows/other.yml}
  e: {runs-on: "${{ matrix.on }}", strategy: {matrix: {on: [ubuntu-latest, windows-latest]}}, steps: [{run: "true"}]}
""")
    of_e = {"e (ubuntu-latest)": "success", "e (windows-latest)": "skipped"}
    assert found.results == {"a": "success", "b": "skipped", "c": "skipped", "d": "skipped", **of_e}
    assert [step["not_run"] for step in found.jobs["a"]["steps"]] == [
        "nothing is pushed",
        "an action of the repository's own; only `run` steps are run",
        "",
    ]
    assert found.jobs["b"]["cause"] == "not run, it wants to run in a container (`container:`)"


def test_an_expression_that_cannot_be_evaluated_fails_what_it_is_in(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a: {runs-on: x, strategy: {matrix: {n: "${{ fromJSON('[]') }}"}}, steps: [{run: "true"}]}
  b:
    runs-on: x
    steps:
      - run: echo ${{ fromJSON(github.ref) }}
      - {if: always(), run: echo after}
""")
    assert found.results == {"a": "failure", "b": "failure"}
    assert found.jobs["a"]["cause"] == "matrix.n is an empty list, of which GitHub makes no job but an error"
    assert found.jobs["b"]["steps"][0]["cause"].startswith(
        "${{ fromJSON(github.ref) }}: fromJSON: 'refs/heads/main' is no"
    )
    assert found.lines() == ["after"]


def test_one_job_and_those_that_it_needs(here: Stage) -> None:
    workflow = """
jobs:
  a: {runs-on: x, steps: [{run: "true"}]}
  b: {needs: a, runs-on: x, steps: [{run: "true"}]}
  c: {runs-on: x, steps: [{run: "false"}]}
"""
    assert here.rehearse(workflow, Options(event="push", job="b")).results == {"a": "success", "b": "success"}
    error = here.rehearse(options=Options(job="x")).error
    assert isinstance(error, UsageError)
    assert str(error) == "--job x: the jobs of .github/workflows/w.yml are a, b, c"


def test_a_new_virtual_environment_stands_first_on_the_path(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - {id: python, uses: actions/setup-python@v5, with: {python-version: "2.7"}}
      - run: |
          command -v pip python
          python -c 'import sys; print(sys.prefix != sys.base_prefix, "${{ steps.python.outputs.python-version }}")'
          python -c 'import cispeed_tasks' 2>/dev/null || echo "nothing of yours"
  b:
    runs-on: x
    steps:
      - uses: actions/setup-python@v5
      - run: pip --version; grep -c "$(dirname "$RUNNER_TEMP")" "$pythonLocation/bin/activate"
""")
    assert "; 2.7 was asked for" in found.lines()[0]
    assert [line.rpartition("/a/_temp/")[2] for line in found.lines()[1:3]] == ["python/bin/pip", "python/bin/python"]
    assert found.lines()[3].startswith("True 3.")
    assert found.lines()[4] == "nothing of yours"
    assert (
        f"/b/_temp/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/pip " in found.lines()[6]
    )
    assert found.lines()[7] == "1"


def test_nothing_is_left_behind_unless_it_is_to_be_kept(here: Stage, tmp_path: Path) -> None:
    here.rehearse("jobs: {a: {runs-on: x, steps: [{run: 'touch here; exit 1'}]}}")
    assert list((tmp_path / "tmp").iterdir()) == []
    found = here.rehearse(options=Options(event="push", keep=True))
    (kept,) = (tmp_path / "tmp").iterdir()
    assert found.said.splitlines()[-1] == f"kept: {kept}"
    assert (kept / "a/shop/shop/here").is_file()


def test_stand_ins_fail_where_the_actions_would(here: Stage) -> None:
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - {uses: actions/upload-artifact@v4, with: {path: gone}}
      - {uses: actions/upload-artifact@v4, with: {path: gone, if-no-files-found: error}, continue-on-error: true}
      - {uses: actions/download-artifact@v4, with: {name: gone}, continue-on-error: true}
      - {uses: actions/cache/restore@v4, with: {path: p, key: k, fail-on-cache-miss: true}, continue-on-error: true}
      - {uses: actions/checkout@v4, with: {repository: someone/else, path: else}}
      - {uses: actions/checkout@v4, with: {ref: gone}}
""")
    steps = found.jobs["a"]["steps"]
    assert [step["outcome"] for step in steps] == ["success", "failure", "failure", "failure", "success", "failure"]
    assert found.lines()[:2] == ["warning: no files were found at gone; nothing is uploaded", "cache miss: k"]
    assert [step["cause"] for step in steps[1:4]] == [
        "no files were found at gone",
        "there is no artifact 'gone'; there are none",
        "there is no cache k",
    ]
    assert steps[4]["not_run"] == "someone/else is another repository"
    assert "couldn't find remote ref gone" in steps[5]["cause"]


def test_a_checkout_clears_what_lay_there_and_can_be_repeated(here: Stage) -> None:
    here.work.commit("a")
    found = here.rehearse("""
jobs:
  a:
    runs-on: x
    steps:
      - run: touch litter
      - uses: actions/checkout@v4
      - run: ls; touch kept
      - {uses: actions/checkout@v4, with: {fetch-depth: 0}}
      - run: ls; git rev-list --count HEAD
""")
    assert found.error is None, found.said
    assert [line for line in found.lines() if not line.startswith("refs/")] == ["a", "a", "kept", "2"]
