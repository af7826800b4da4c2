"""Holds a job for S3 Batch Operations against the request model that AWS publishes: check_job.py JOB.json"""

import json
import pathlib
import sys

import botocore.loaders
import botocore.model
import botocore.validate

job = json.loads(pathlib.Path(sys.argv[1]).read_text())
service = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("s3control", "service-2"))
shape = service.operation_model("CreateJob").input_shape
report = botocore.validate.ParamValidator().validate(job, shape)
problems = [report.generate_report()] if report.has_errors() else []


def look(value, at, where):
    """What the validator leaves open: words of enumerations, patterns and lengths."""
    if at.type_name == "structure":
        for name, member in value.items():
            look(member, at.members[name], f"{where}.{name}")
    elif at.type_name == "list":
        for member in value:
            look(member, at.member, where)
    elif at.type_name == "string":
        if at.enum and value not in at.enum:
            problems.append(f"{where}: {value} is none of {at.enum}")
        if len(value) > at.metadata.get("max", len(value)):
            problems.append(f"{where} is too long")


look(job, shape, "job")
print("\n".join(problems))
sys.exit(bool(problems))
