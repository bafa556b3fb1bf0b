from rehearsal.source.workflow_step import find_workflow_step

WORKFLOW = """\
jobs:
  rehearse:
    steps:
      - uses: ./action
        with:
          env: HOST=localhost
          # As in production.
          volumes: data:/data
          # Two lines.
          secrets: |
            A
            B
          # The end.
"""


def test_find_workflow_step__a_comment_belongs_to_what_follows() -> None:
    step = find_workflow_step(WORKFLOW, ["env"])
    assert step
    found = {each.name: each for each in step.sections["with"].entries}
    env, secrets = found["env"], found["secrets"]
    assert (env.is_block, env.parts, env.last) == (False, ((6, "HOST=localhost"),), 6)
    assert (secrets.is_block, secrets.parts, secrets.last) == (True, ((11, "A"), (12, "B")), 12)
