"""The demo accounts: invented people who work on this machine only."""

DEMO_ACCOUNTS = (
    ("officer", "示例·招商专员", frozenset({"officer"})),
    ("archivist", "示例·档案员", frozenset({"archivist"})),
    ("leader", "示例·领导", frozenset({"leader"})),
    ("auditor", "示例·安全审计员", frozenset({"auditor"})),
)
DEMO_PASSWORD = "shili-demo"  # noqa: S105 - shown on the log-in page; refused from afar
