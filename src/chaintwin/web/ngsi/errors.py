"""Errors as the standard names them (clause 5.5.2 and table 6.3.2-1)."""

from __future__ import annotations

from typing import Any

from chaintwin.kit.problems import Problem

PREFIX = "https://uri.etsi.org/ngsi-ld/errors/"


class NgsiProblem(Problem):
    """An error with its type among those of the standard."""

    kind = "BadRequestData"
    title = "The request holds data that are not valid"

    @property
    def uri(self) -> str:
        """Return the type as the URI that the standard gives it."""
        return PREFIX + self.kind

    def body(self) -> dict[str, Any]:
        """Return the ProblemDetails of RFC 7807."""
        told = {"type": self.uri, "title": self.title, "detail": f"{self.en} {self.zh}"}
        more = {key: value for key, value in self.where.items() if value is not None}
        return told | {"status": self.status} | more

    def headers(self) -> dict[str, str]:
        """Return headers that go with the error."""
        return {}


class BadRequest(NgsiProblem):
    """The content does not meet the rules of the standard."""


class InvalidRequest(NgsiProblem):
    """The request itself cannot be read: no JSON, no body."""

    kind = "InvalidRequest"
    title = "The request cannot be read"


class AlreadyExists(NgsiProblem):
    """What is to be made is there already."""

    status = 409
    kind = "AlreadyExists"
    title = "It exists already"


class NotFound(NgsiProblem):
    """What was asked for is not there, or not for this reader."""

    status = 404
    kind = "ResourceNotFound"
    title = "It was not found"


class NotSupported(NgsiProblem):
    """The operation is known but not offered."""

    status = 422
    kind = "OperationNotSupported"
    title = "The operation is not supported"


class TooComplex(NgsiProblem):
    """The query would cost too much."""

    status = 403
    kind = "TooComplexQuery"
    title = "The query is too complex"


class TooMany(NgsiProblem):
    """The query matches more than may be answered at once."""

    status = 403
    kind = "TooManyResults"
    title = "The query has too many results"


class ContextUnavailable(NgsiProblem):
    """A JSON-LD context could not be had."""

    status = 503
    kind = "LdContextNotAvailable"
    title = "A JSON-LD context is not available"


class NoTenant(NgsiProblem):
    """The tenant is not there, or not for this caller."""

    status = 404
    kind = "NonexistentTenant"
    title = "There is no such tenant"


class WrongMedia(NgsiProblem):
    """The body comes in a media type that is not taken."""

    status = 415
    kind = "UnsupportedMediaType"
    title = "The media type of the body is not taken"


class NotAcceptable(NgsiProblem):
    """No media type asked for can be given."""

    status = 406
    kind = "NotAcceptable"
    title = "None of the accepted media types can be given"


class WrongMethod(NgsiProblem):
    """The address does not know this method; `allowed` lists those it knows."""

    status = 405
    kind = "MethodNotAllowed"
    title = "The method is not allowed here"
    allowed: str = ""

    def headers(self) -> dict[str, str]:
        """Return the methods that are allowed."""
        return {"Allow": self.allowed}


class Refused(NgsiProblem):
    """The caller lacks the right."""

    status = 403
    kind = "AccessDenied"
    title = "The caller may not do this"


class NotLoggedIn(NgsiProblem):
    """No session or token came with the request."""

    status = 401
    kind = "Unauthorized"
    title = "The caller is not known"


def bad(en: str, zh: str) -> BadRequest:
    """Return the error for data that break a rule of the standard."""
    return BadRequest(zh, en)
