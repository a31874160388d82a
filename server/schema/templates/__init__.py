"""Checklist templates 清单模板."""

from server.schema.templates.acts import Mutation
from server.schema.templates.roots import Query
from server.schema.templates.types import Measure, Template, TemplateVersion, Theme, versions

__all__ = ["Measure", "Mutation", "Query", "Template", "TemplateVersion", "Theme", "versions"]
