"""Makes AWS calls as boto3 makes them, one per line of JSON on stdin, and tells on stdout what came of each.

A line is {"url", "service", "region", "operation" (AddEndpoints or add_endpoints), "arguments"} and may have "key", "secret" (of the access key), "attempts", "paginate"
(page size; the result is then a list of pages), "validate" (false: what botocore would refuse itself goes out) and
"model": true (the service's model instead of a call). The answer has "result" or "error", and "wire", the body as it
came: JSON, or XML as nested lists and objects of texts. Times are seconds since 1970; the body of an object is its text,
and is not on the wire, since it is read after the answer.
"""

import datetime
import functools
import json
import sys
import xml.etree.ElementTree as ElementTree

import boto3
import botocore
import botocore.loaders
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

bodies = []


@functools.cache
def client_for(url, service, region, key, secret, attempts, validate):
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(
            retries={"total_max_attempts": attempts, "mode": "standard"},
            parameter_validation=validate,
        ),
    )
    client.meta.events.register("before-parse", lambda response_dict, **_: bodies.append(response_dict["body"]))
    return client


def call(line):
    client = client_for(
        line["url"],
        line["service"],
        line["region"],
        line.get("key", "AKIDEXAMPLE"),
        line.get("secret", "secret"),
        line.get("attempts", 1),
        line.get("validate", True),
    )
    operation = botocore.xform_name(line["operation"])
    bodies.clear()
    try:
        if "paginate" in line:
            pages = client.get_paginator(operation).paginate(
                **line["arguments"], PaginationConfig={"PageSize": line["paginate"]}
            )
            outcome = {"result": list(pages)}
        else:
            result = getattr(client, operation)(**line["arguments"])
            if hasattr(result.get("Body"), "read"):
                result["Body"] = result["Body"].read().decode("utf-8")
            outcome = {"result": result}
    except ClientError as error:
        response = error.response
        outcome = {
            "error": {
                "class": type(error).__name__,
                "code": response["Error"]["Code"],
                "message": response["Error"]["Message"],
                "httpStatus": response["ResponseMetadata"]["HTTPStatusCode"],
                "attempts": response["ResponseMetadata"]["RetryAttempts"] + 1,
            }
        }
    except BotoCoreError as error:
        outcome = {"error": {"class": type(error).__name__, "message": str(error)}}
    return {**outcome, "wire": [plain_body(body) for body in bodies if isinstance(body, bytes)]}


def plain_value(value):
    return value.timestamp() if isinstance(value, datetime.datetime) else str(value)


def plain_body(body):
    text = body.decode("utf-8")
    if not text.startswith("<"):
        return json.loads(text or "{}")
    return plain_element(ElementTree.fromstring(text))


def plain_element(element):
    children = list(element)
    names = [child.tag.split("}")[-1] for child in children]
    if not children:
        return element.text or ""
    if set(names) == {"member"}:
        return [plain_element(child) for child in children]
    return {name: plain_element(child) for name, child in zip(names, children)}


for text in sys.stdin:
    line = json.loads(text)
    if line.get("model"):
        answer = {"result": botocore.loaders.Loader().load_service_model(line["service"], "service-2")}
    else:
        answer = call(line)
    print(json.dumps(answer, default=plain_value), flush=True)
