"""Papers come in over HTTP: whole or not at all, under any name, none of them a state secret."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from chaintwin.application.archive.core import clean_file_name

from ..office import Office

PDF = b"%PDF-1.7\n1 0 obj"
MEBIBYTE = 1_048_576


@pytest.fixture
def project(office: Office) -> str:
    return office.lead().code


@pytest.fixture
def client(office: Office) -> TestClient:
    return office.client()


def upload(
    client: TestClient, project: str, files: list[tuple[str, bytes]], **values: str | list[str]
) -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/api/v1/projects/{project}/files",
        files=[("files", (name, content)) for name, content in files],
        data={"type": "other-paper"} | values,
    )
    return answer.status_code, answer.json()


def stored_files(office: Office) -> set[str]:
    return {str(path) for path in office.places.originals.rglob("*") if path.is_file()}


def test_several_files_are_filed_at_once_each_with_its_own_title(
    office: Office, client: TestClient, project: str
) -> None:
    status, body = upload(
        client,
        project,
        [("a.pdf", PDF + b"a"), ("b.txt", "说明".encode())],
        title=["投资方资料", "说明"],
        type=["investor-material", "other-paper"],
        formed_on="2026-12-01",
    )

    assert status == 201, body
    items = body["items"]
    assert [(one["title"], one["type"], one["label"]) for one in items] == [  # type: ignore[attr-defined]
        ("投资方资料", "investor-material", "商业秘密"),
        ("说明", "other-paper", "内部"),
    ]
    assert [one["original"]["media_type"] for one in items] == [  # type: ignore[attr-defined]
        "application/pdf",
        "text/plain; charset=utf-8",
    ]


def test_a_download_is_the_same_bytes_with_their_hashes_and_is_audited(
    office: Office, client: TestClient, project: str
) -> None:
    content = os.urandom(3 * MEBIBYTE + 11)
    _, body = upload(client, project, [("图纸 2027（终稿）.dwg", content)], label="商业秘密")
    item = body["items"][0]  # type: ignore[index]

    answer = client.get(f"/api/v1/projects/{project}/files/{item['code']}")

    assert answer.content == content
    assert answer.headers["x-original-sha256"] == hashlib.sha256(content).hexdigest()
    assert answer.headers["x-original-sm3"] == item["original"]["sm3"]
    assert answer.headers["repr-digest"].startswith("sha-256=:")
    assert "图纸 2027（终稿）.dwg" in unquote(answer.headers["content-disposition"])
    acts = office.client("auditor").get("/api/v1/audit").json()["items"]
    assert [act["about"] for act in acts if act["action"] == "read_original"] == [item["code"]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("合同（定稿）①.pdf", "合同（定稿）①.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\合同.pdf", "合同.pdf"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("con.txt", "_con.txt"),
        ("...", "未命名"),
        ("", "未命名"),
        ("\u202egpj.exe\u202c", "_gpj.exe_"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("无扩展名", "无扩展名"),
        ("a\nb\x00c.txt", "a_b_c.txt"),
    ],
)
def test_a_file_name_becomes_one_that_any_system_can_keep(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept


@pytest.mark.parametrize(
    "name", ["绝密-方案.pdf", "方案（机密）.pdf", "机密★5年.pdf", "秘密★10年 名单.pdf", "机 密.pdf"]
)
def test_a_state_secret_is_refused_with_the_way_out_and_leaves_nothing(
    office: Office, client: TestClient, project: str, name: str
) -> None:
    before = stored_files(office)

    by_name = upload(client, project, [("ok.pdf", PDF), (name, PDF)])
    by_title = upload(client, project, [("ok.pdf", PDF)], title=name)

    for status, body in (by_name, by_title):
        assert status == 422
        assert "涉密信息系统" in str(body["detail"])
    assert stored_files(office) == before


@pytest.mark.parametrize(
    "name", ["手机密封件项目.pdf", "电机密封圈.pdf", "商业秘密保护协议.pdf", "司机密码.txt"]
)
def test_words_of_trade_are_no_state_secret(client: TestClient, project: str, name: str) -> None:
    status, body = upload(client, project, [(name, PDF)])

    assert status == 201, body


@pytest.mark.parametrize(
    ("files", "values", "said"),
    [
        ([("a.pdf", b"")], {}, "空的(0 字节)"),
        ([("a.pdf", b"MZ\x90\x00")], {}, "可执行程序"),
        ([("a.pdf", PDF)], {"type": "no-such-type"}, "归档范围中没有"),
        ([("a.pdf", PDF)], {"type": ""}, "没有选择文种"),
        ([("a.pdf", PDF)], {"formed_on": "昨天"}, "无法识别"),
        ([("a.pdf", PDF)], {"formed_on": "2999-01-01"}, "晚于今天"),
        ([("a.pdf", PDF)], {"label": "绝密"}, "无法识别"),
        ([("a.pdf", PDF)], {"label": "公开"}, "不能低于"),
        ([("a.pdf", PDF)], {"title": ["一", "二"]}, "2 个值"),
        ([("a.pdf", PDF)], {"colour": "red"}, "未知字段"),
        ([(f"{number}.pdf", PDF) for number in range(21)], {}, "最多上传 20 个"),
    ],
)
def test_an_unfit_upload_is_refused_as_a_whole_and_says_why(
    office: Office,
    client: TestClient,
    project: str,
    files: list[tuple[str, bytes]],
    values: dict[str, str | list[str]],
    said: str,
) -> None:
    before = stored_files(office)

    status, body = upload(client, project, files, **values)

    assert status in {413, 422}
    assert said in str(body["detail"])
    assert stored_files(office) == before
    assert client.get(f"/api/v1/projects/{project}/dossier").json()["total"] == 1


def test_an_upload_without_files_is_refused(client: TestClient, project: str) -> None:
    answer = client.post(f"/api/v1/projects/{project}/files", json={"type": "contract"})

    assert answer.status_code == 422
    assert "multipart" in answer.json()["detail"]


def test_an_upload_cut_off_on_the_way_leaves_nothing(
    office: Office, client: TestClient, project: str
) -> None:
    before = stored_files(office)
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="type"\r\n\r\ncontract\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    )

    def halves() -> Iterator[bytes]:
        yield body
        yield PDF + bytes(2 * MEBIBYTE)

    answer = client.post(
        f"/api/v1/projects/{project}/files",
        content=halves(),
        headers={"content-type": "multipart/form-data; boundary=cut"},
    )

    assert answer.status_code == 422
    assert "不完整" in answer.json()["detail"]
    assert stored_files(office) == before


def test_sixty_mebibytes_stream_in_and_come_back(
    office: Office, client: TestClient, project: str
) -> None:
    content = os.urandom(MEBIBYTE) * 60

    status, body = upload(client, project, [("录像.mp4", content)], type="video")
    item = body["items"][0]  # type: ignore[index]
    answer = client.get(f"/api/v1/projects/{project}/files/{item['code']}")

    assert status == 201
    assert item["category"] == "LX"
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()


def test_a_viewer_may_not_upload_and_his_bytes_are_not_even_taken(
    office: Office, project: str
) -> None:
    before = stored_files(office)

    status, _ = upload(office.client("viewer"), project, [("a.pdf", PDF)])

    assert status == 403
    assert stored_files(office) == before


@pytest.mark.parametrize(
    "path",
    ["", "/dossier", "/dossier/check", "/diff?from=2026-01-01&to=2999-12-31", "/files/{item}"],
)
def test_another_office_gets_404_on_every_route_of_a_project(
    office: Office, client: TestClient, project: str, path: str
) -> None:
    _, body = upload(client, project, [("a.pdf", PDF)])
    item = body["items"][0]["code"]  # type: ignore[index]
    address = f"/api/v1/projects/{project}{path.format(item=item)}"
    assert client.get(address).status_code == 200

    answer = office.client(tenant=office.other).get(address)

    assert answer.status_code == 404


def test_another_office_can_change_nothing_of_a_project(office: Office, project: str) -> None:
    stranger = office.client(tenant=office.other)
    base = f"/api/v1/projects/{project}"

    answers = [
        stranger.post(f"{base}/stage", json={"to": "talks", "reason": "x"}),
        stranger.patch(f"{base}/fields", json={"values": {"jobs": 1}, "reason": "x"}),
        stranger.post(f"{base}/remarks", json={"text": "x"}),
        stranger.post(f"{base}/delete", json={"reason": "x"}),
        stranger.post(f"{base}/promises", json={"by": "investor", "text": "x"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert upload(stranger, project, [("a.pdf", PDF)])[0] == 404


def test_the_past_cannot_be_changed(client: TestClient, project: str) -> None:
    answer = client.post(
        f"/api/v1/projects/{project}/remarks?valid_at=2999-01-01", json={"text": "x"}
    )

    assert answer.status_code == 403


def test_the_whole_way_from_lead_to_dossier_over_http(office: Office, client: TestClient) -> None:
    made = client.post(
        "/api/v1/leads",
        json={"company_name": "走通公司", "region": "220184", "link": "test/pack"},
    ).json()
    code = made["code"]
    refused = client.post(f"/api/v1/projects/{code}/stage", json={"to": "talks"})
    upload(client, code, [("研判.txt", "可行".encode())], type="lead-assessment")
    moved = client.post(f"/api/v1/projects/{code}/stage", json={"to": "talks"})
    dossier = client.get(f"/api/v1/projects/{made['number']}/dossier").json()

    assert refused.status_code == 409
    assert refused.json()["missing_documents"] == ["lead-assessment"]
    assert moved.json()["stage"]["code"] == "talks"
    assert [item["type"] for item in dossier["items"]] == [
        "lead-record",
        "lead-assessment",
        "stage-change",
    ]
    listed = client.get("/api/v1/projects", params={"text": "走通", "stage": "talks"}).json()
    assert [row["number"] for row in listed["items"]] == [made["number"]]
    assert client.get("/api/v1/parcels").json()["items"][0]["park"]["name"] == "测试园区"
    assert client.get("/api/v1/parks", params={"region": "2201"}).json()["items"][0]["parcels"] == 1
    assert client.get("/api/v1/processes/project").json()["stages"][0]["max_days"]["value"] == 7
    assert client.get("/api/v1/archive/schedule").json()["max_files"] == 20
    assert client.get("/api/v1/archive/settings").json()["demo"] is True
    assert client.get(f"/api/v1/projects/{code}/dossier/catalogue.xlsx").content[:2] == b"PK"


def test_reading_a_labelled_dossier_is_audited_with_its_labels(
    office: Office, client: TestClient, project: str
) -> None:
    upload(client, project, [("a.pdf", PDF)], type="contract")

    client.get(f"/api/v1/projects/{project}/dossier")

    acts = office.client("auditor").get("/api/v1/audit").json()["items"]
    mine = [act for act in acts if act["about"] == project and act["action"] == "read_labelled"]
    assert [act["detail"] for act in mine] == [{"labels": [1, 3]}]


def test_a_browser_does_not_keep_the_days_of_yesterday(office: Office, project: str) -> None:
    address = f"/api/v1/projects/{project}"
    first = office.client().get(address)
    same_day = office.client().get(address, headers={"If-None-Match": first.headers["etag"]})
    office.wait(days=1)

    next_day = office.client().get(address, headers={"If-None-Match": first.headers["etag"]})

    assert same_day.status_code == 304
    assert next_day.json()["days_in_stage"] == 1


@pytest.mark.parametrize("path", ["projects/{project}/dossier", "projects", "session"])
def test_more_readers_at_once_than_connections_are_all_answered(
    client: TestClient, project: str, path: str
) -> None:
    answers: list[int] = []

    def read() -> None:
        answers.append(client.get(f"/api/v1/{path.format(project=project)}").status_code)

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 16
