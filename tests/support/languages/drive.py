"""Runs a Python program as an inline program: no language host of Pulumi is needed.

drive.py preview|up|destroy|outputs; program, stack, project and configuration (a JSON object) come from the environment.
"""

import json
import os
import runpy
import sys

from pulumi import automation

verb = sys.argv[1]
stack = automation.create_or_select_stack(
    os.environ["STACK"],
    project_name=os.environ["PROJECT"],
    program=lambda: runpy.run_path(os.environ["PROGRAM"]) and None,
)
config = json.loads(os.environ["CONFIG"])
stack.set_all_config({key: automation.ConfigValue(value) for key, value in config.items()})
if verb == "outputs":
    print(json.dumps({name: output.value for name, output in stack.outputs().items()}))
else:
    print(getattr(stack, verb)().stdout)
