"""Read a step of a workflow: evaluate its inputs and its environment into a request."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches
from typing import Any

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.config.workflow_inputs import OWN_INPUTS
from rehearsal.dataclass import dataclass
from rehearsal.local.contexts import ValueSources
from rehearsal.local.evaluator import Evaluator
from rehearsal.local.job_services import (
    JOB_NETWORK,
    JOB_NETWORK_PATH,
    JOB_NETWORK_TEXT,
    Evaluated,
    notes_about,
    read_job_services,
)
from rehearsal.local.step_environment import StepEnvironment
from rehearsal.local.workflow_file import ActionUse
from rehearsal.verdict import MisconfiguredError

# A laptop uploads no artifact, and shares no build cache with other machines.
GITHUB_ONLY_INPUTS = tuple(name for name, each in INPUTS.items() if each.github_only)
# Without effect where the input `image` names an image that is built already.
BUILD_INPUTS = tuple(name for name, each in INPUTS.items() if each.build_only)


def read_step(
    use: ActionUse,
    sources: ValueSources,
    flag_inputs: Mapping[str, str],
    *,
    unused: tuple[str, ...] = (),
) -> GivenInputs:
    """Return the request of a step; `flag_inputs` replace the step's own, `unused` are left out.

    Raises `MisconfiguredError` for a value that is needed and cannot be evaluated on a laptop.
    """
    environment = StepEnvironment(sources)
    reader = _StepReader(
        use=use,
        sources=sources,
        flag_inputs=flag_inputs,
        unused=unused,
        environment=environment,
        evaluator=Evaluator(use=use, sources=sources, environment=environment),
    )
    job_env = reader.read_env()
    inputs = reader.read_inputs()
    starts_services = reader.has_job_network and bool(use.services)
    return GivenInputs(
        inputs=inputs,
        environ=reader.environment,
        top=sources.checkout.top,
        origin=f"{use}, line {use.line}",
        file=use.file,
        is_call=not use.step_number,
        extra_secrets=sources.used_secrets,
        notes=tuple(_notes(use, starts_services=starts_services)),
        ignored_inputs=tuple(
            name
            for name in _github_only_inputs(use)
            if name in _written_inputs(use) and name not in inputs
        ),
        job_services=reader.read_services(job_env) if starts_services else (),
    )


@dataclass(frozen=True, kw_only=True)
class _StepReader:
    use: ActionUse
    sources: ValueSources
    flag_inputs: Mapping[str, str] = field(repr=False)
    unused: tuple[str, ...]
    environment: StepEnvironment
    evaluator: Evaluator

    def read_env(self) -> dict[str, str]:
        """Evaluate the `env:` of workflow, job and step; each sees the variables before it.

        An error is kept for the input that reads the variable. A variable that has no value is no
        error if it is listed in generate-secrets. Return the variables of workflow and job.
        """
        environment, generated = self.environment, self._generated_secrets()
        before: dict[str, str] = {}
        for variables in self.use.env:
            before = dict(environment.workflow_env)
            contexts = self.sources.contexts(self.use, before)
            for name, value in variables.items():
                try:
                    text = self.evaluator.text(f"{name} in the env of {self.use}", value, contexts)
                except MisconfiguredError as error:
                    environment.workflow_env.pop(name, None)
                    if name not in generated:
                        environment.errors[name] = error
                else:
                    environment.errors.pop(name, None)
                    environment.workflow_env[name] = text
        return before

    def read_inputs(self) -> dict[str, str]:
        """Evaluate the inputs that have an effect here."""
        written = _written_inputs(self.use)
        for name, value in self.use.secret_inputs.items():
            written[name] = self._without_generated(value)
        inputs = dict(self.flag_inputs)
        if "image" in written and "image" not in inputs:
            inputs["image"] = self._evaluate_input("image", written["image"])
        unused = {*_github_only_inputs(self.use), *self.unused}
        if inputs.get("image", "").strip():
            unused.update(BUILD_INPUTS)
        for name, value in written.items():
            if name == "network" and self.has_job_network:
                # The network that a rehearsal makes for services is the job's here.
                continue
            if name in INPUTS and name not in inputs and name not in unused:
                inputs[name] = self._evaluate_input(name, value)
        return inputs

    @property
    def has_job_network(self) -> bool:
        """Whether the step joins the network of the job's services, as far as GitHub made it."""
        network = str(_written_inputs(self.use).get("network") or "")
        is_replaced = "network" in self.flag_inputs or JOB_NETWORK_PATH in self.sources.set_values
        return JOB_NETWORK.fullmatch(network) is not None and not is_replaced

    def read_services(self, env: Mapping[str, str]) -> tuple[ServicePlan, ...]:
        """Return the job's services; `env` holds the variables of workflow and job."""
        contexts = self.sources.contexts(self.use, env)

        def evaluate(subject: str, value: Any) -> Evaluated:
            text = self.evaluator.text(
                f"{subject} in {self.use}", value, contexts, can_generate=False
            )
            return Evaluated(text, is_secret=self.evaluator.may_be_secret(value, text))

        return read_job_services(self.use.services, evaluate)

    def _generated_secrets(self) -> set[str]:
        """Return the names of the secrets that get a random value if they have none."""
        of_step = self.use.inputs.get("generate-secrets")
        return {*str(self.flag_inputs.get("generate-secrets", of_step) or "").split()}

    def _without_generated(self, secrets: Any) -> Any:
        """Remove the lines of a call's secrets that have no value here and get a random one."""
        if not isinstance(secrets, str):
            return secrets
        generated = self._generated_secrets()
        return "\n".join(
            line
            for line in secrets.split("\n")
            if line.partition("=")[0].strip() not in generated or self._has_value(line)
        )

    def _has_value(self, line: str) -> bool:
        try:
            self._evaluate_input("secrets", line)
        except MisconfiguredError:
            return False
        return True

    def _evaluate_input(self, name: str, value: Any) -> str:
        contexts = self.sources.contexts(self.use, self.environment.workflow_env)
        return self.evaluator.text(f"The input {name} of {self.use}", value, contexts, name)


def _written_inputs(use: ActionUse) -> dict[str, Any]:
    """Return `with:` by lower-case name: GitHub ignores the case."""
    return {str(name).lower(): value for name, value in use.inputs.items()}


def _github_only_inputs(use: ActionUse) -> tuple[str, ...]:
    """Return the inputs without effect here; a call runs as one job, so it has more of them."""
    return (*GITHUB_ONLY_INPUTS, *(() if use.step_number else OWN_INPUTS))


def _notes(use: ActionUse, *, starts_services: bool) -> Iterator[str]:
    for name in _written_inputs(use):
        if name not in INPUTS and name not in _github_only_inputs(use):
            near = get_close_matches(name, INPUTS, n=1)
            suggestion = f" (did you mean {near[0]}?)" if near else ""
            yield f"The action has no input {name}{suggestion}; GitHub ignores it, too."
    if starts_services:
        yield from notes_about(use.services)
    elif use.services:
        yield (
            f"The job's services ({', '.join(use.services)}) are not started here. They are if the "
            f"step has network: {JOB_NETWORK_TEXT}."
        )
