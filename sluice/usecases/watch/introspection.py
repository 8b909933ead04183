"""The question by which a GraphQL server describes itself (GraphQL specification, October 2021, section 4).

What is deprecated is asked for too, and only what a reader of data may meet: no directives, no subscriptions.
"""

from __future__ import annotations

_DEEPEST = 7
"""Wrappings of a type: list of non-null of list of non-null and its name are five."""


def _type_of(depth: int) -> str:
    return "kind name" + (f" ofType {{ {_type_of(depth - 1)} }}" if depth else "")


INTROSPECTION = f"""query Description {{
  __schema {{
    queryType {{ name }}
    types {{
      kind name description
      fields(includeDeprecated: true) {{
        name description isDeprecated deprecationReason
        args {{ name description defaultValue type {{ {_type_of(_DEEPEST)} }} }}
        type {{ {_type_of(_DEEPEST)} }}
      }}
      inputFields {{ name description defaultValue type {{ {_type_of(_DEEPEST)} }} }}
      enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
      interfaces {{ kind name }}
      possibleTypes {{ kind name }}
    }}
  }}
}}
"""
