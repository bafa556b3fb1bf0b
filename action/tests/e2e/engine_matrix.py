"""The scenarios that run on every engine of tools/with-engine, too: see docs/engines.md."""

# What the table in docs/engines.md says of a scenario, and the test that proves it.
SCENARIOS = {
    "Build an image and pass": "test_verdicts.py::test_passed__outputs_tell_what_was_counted",
    "The app crashes": "test_faults.py::test_fault[missing-module]",
    "Its command is not found": "test_production_like.py::test_refused_by_the_engine[unknown-program]",
    "The wrong port": "test_faults.py::test_fault[wrong-port]",
    "Tests fail": "test_verdicts.py::test_tests_failed",
    "The build fails, with its line": "test_faults.py::test_fault[package-not-found]",
    "The app dies in the tests": "test_faults.py::test_fault[died-in-tests]",
    "A service dies in the tests": "test_services.py::test_crashed__one_beside_the_app_ended_in_the_tests[service]",
    "Cancelled": "test_cancelled.py::test_cancelled__while_it_is_tested",
    "Killed, with a named volume": "test_cancelled.py::test_killed__the_watchdog_removes_all_and_the_clean_up_tells",
    "Killed, with services": "test_services_cancelled.py::test_killed__the_watchdog_removes_all[waiting]",
    "The host port is taken": "test_faults.py::test_port_taken__between_the_build_and_the_start",
    "The network is missing": "test_production_like.py::test_refused_by_the_engine[unknown-network]",
    "Publish what was rehearsed": "test_publish.py::test_publish__exactly_what_was_rehearsed",
    "Publish to two registries": "test_publish.py::test_publish__two_registries_with_manifests_of_their_own",
    "`--keep`": "test_laptop.py::test_keep__the_app_answers_until_the_command_that_was_told",
    "A `docker context` names the engine": "test_docker_context.py::test_context__is_found_as_the_client_finds_it[DOCKER_CONTEXT]",
    "superlists, with a browser": "test_superlists.py::test_without_whitenoise__only_the_layout_fails",
}
