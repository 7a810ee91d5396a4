"""Parameters that many routes share, each described once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

_LARGEST = 2**63 - 1
_LONGEST = 200

Limit = Annotated[int, Query(ge=1, le=500, description="每页条数 rows of a page")]
Offset = Annotated[int, Query(ge=0, le=_LARGEST, description="跳过条数 rows to skip")]

BodyCode = Annotated[str, Path(max_length=_LONGEST, description="孪生体编码 body code")]
FirmCode = Annotated[str, Path(max_length=_LONGEST, description="企业编码 body code of a firm")]
ProjectCode = Annotated[
    str, Path(max_length=_LONGEST, description="项目编码或项目编号 body code or project number")
]
ItemCode = Annotated[str, Path(max_length=_LONGEST, description="件的编码或档号 item")]
PromiseKey = Annotated[str, Path(max_length=_LONGEST, description="承诺的键 key of a promise")]
ChainCode = Annotated[str, Path(max_length=_LONGEST, description="链代码 chain code")]
LinkCode = Annotated[str, Path(max_length=_LONGEST, description="环节代码 code within the chain")]
FactNumber = Annotated[int, Path(ge=0, le=_LARGEST, description="事实编号 number of a fact")]
AccountNumber = Annotated[int, Path(ge=0, le=2**31 - 1, description="账号编号 account number")]
ImportNumber = Annotated[int, Path(ge=0, le=_LARGEST, description="导入编号 import number")]
