"""Errors as problem details (RFC 9457) in the reader's language."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chaintwin.engine.database import UnstorableError
from chaintwin.kit.problems import Problem
from chaintwin.twin.door import reader_language
from chaintwin.web.invalid import say_wrong

_LOG = logging.getLogger("chaintwin.web")


def speak_problems(app: FastAPI) -> None:
    """Answer every error of the application as application/problem+json."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(UnstorableError, _unstorable)
    app.add_exception_handler(Exception, _unexpected)


def problem_answer(request: Request, problem: Problem) -> JSONResponse:
    """Return a problem as an answer."""
    language = reader_language(request)
    body = {
        "type": f"urn:chaintwin:problem:{type(problem).__name__}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.text(language),
        "detail_zh": problem.zh,
        "detail_en": problem.en,
        "instance": request.url.path,
        **{key: value for key, value in problem.where.items() if value is not None},
    }
    return JSONResponse(body, problem.status, media_type="application/problem+json")


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return problem_answer(request, error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "where": ".".join(str(part) for part in found["loc"]),
            "what": say_wrong(found, reader_language(request)),
        }
        for found in error.errors()
    ]
    places = "、".join(found["where"] for found in errors)
    problem = Problem(
        f"请求中有无法识别的内容:{places}。请按接口说明(/api/docs)更正。",
        f"The request holds what is not understood: {places}. See /api/docs.",
        status=422,
        errors=errors,
    )
    return problem_answer(request, problem)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    zh = {404: "没有这个地址。", 405: "该地址不支持这种操作。"}.get(
        error.status_code, "请求未能完成。"
    )
    problem = Problem(zh, str(error.detail), status=error.status_code)
    return problem_answer(request, problem)


async def _unstorable(request: Request, error: Exception) -> JSONResponse:
    _LOG.warning("not to be stored at %s %s", request.method, request.url.path, exc_info=error)
    problem = Problem(
        "请求中有不能保存的内容(空字符 NUL,或超出范围的数值),操作未保存。请更正后重试。",
        "The request holds what cannot be stored (the character NUL, or a number out of range); "
        "nothing was saved. Correct it and try again.",
        status=422,
    )
    return problem_answer(request, problem)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
    problem = Problem(
        "系统内部出错,操作未保存。请重试;若仍出错,请把 logs/server.log 交给管理员。",
        "Something went wrong inside; nothing was saved. Try again, or show logs/server.log.",
        status=500,
    )
    return problem_answer(request, problem)
