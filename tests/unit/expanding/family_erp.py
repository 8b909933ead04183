"""An ERP that lists hours by project only, and a connector whose stream has the projects as parents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sluice.connector.spec import Connector
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, query_of, reply, toy

FAMILY = """\
format: 1
stream: thing
title: Things
path: /project/{project}/thing
path_parameters: {project: {parent: number}}
key: [parent.number, id]
parents:
  path: /project
  records: projects
  pagination: {kind: offset, offset: {query: skip}, limit: {query: take}, size: 2, total: {body: count}}
  key: number
  fields: [customer.name]
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: company_name}
    parent:
      type: object
      properties:
        number: {type: integer, sample: {integer: [1, 3]}}
        customer: {type: object, properties: {name: {type: string, sample: company_name}}}
"""


def family(more: str = "", connector: str = CONNECTOR) -> Connector:
    return toy(connector, FAMILY + more)


@dataclass
class FamilyErp:
    """``projects`` holds the ids of the things of each; ``gone`` are listed, and have no list of things.

    ``faults`` are met by path, once each; ``asked`` holds the paths that were asked for, in order.
    """

    projects: dict[int, list[int]]
    gone: set[int] = field(default_factory=set)
    faults: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[FamilyErp, int], None] = lambda _, __: None

    def __call__(self, request: Request) -> Reply:
        self.before(self, len(self.asked))
        path, query = urlsplit(request.url).path.removeprefix("/v1"), query_of(request)
        self.asked.append(path)
        if self.faults.get(path):
            return self.faults[path].pop(0)
        if path == "/project":
            return self._projects(int(query["skip"]), int(query["take"]))
        project = int(path.split("/")[2])
        if project in self.gone or project not in self.projects:
            return reply({"message": "no such project"}, 404)
        found, start = self.projects[project], int(query["from"])
        items = [
            {"id": key, "name": f"{project}/{key}"} for key in found[start : start + int(query["count"])]
        ]
        return reply({"items": items, "total": len(found)})

    def _projects(self, start: int, size: int) -> Reply:
        listed = [
            {"number": number, "customer": {"name": f"customer {number}"}, "secret": "not kept"}
            for number in list(self.projects)[start : start + size]
        ]
        return reply({"projects": listed, "count": len(self.projects)})
