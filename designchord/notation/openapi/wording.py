"""The few sentences that every API needs, in the languages of its readers. English stands in for the others."""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "200": "OK",
        "201": "Created",
        "202": "Accepted",
        "204": "Done; nothing to return",
        "400": "The request is not valid",
        "401": "Not signed in",
        "403": "Not allowed",
        "404": "Not found",
        "409": "Conflicts with the present state",
        "422": "The values cannot be processed",
        "429": "Too many requests",
        "default": "Error",
        "error": "An error",
        "error_code": "Stable code for programs",
        "error_message": "Sentence for people",
        "page": "A page of",
        "page_items": "The entries of this page",
        "page_number": "Number of the page, from 1",
        "page_size": "Entries per page",
        "page_total": "Number of all entries",
        "request": "Data to send",
        "text": "text",
        "person": "Alex Kim",
    },
    "ko": {
        "200": "성공",
        "201": "생성됨",
        "202": "접수됨",
        "204": "처리됨, 반환할 내용 없음",
        "400": "요청이 올바르지 않음",
        "401": "로그인이 필요함",
        "403": "권한이 없음",
        "404": "찾을 수 없음",
        "409": "현재 상태와 충돌함",
        "422": "값을 처리할 수 없음",
        "429": "요청이 너무 많음",
        "default": "오류",
        "error": "오류",
        "error_code": "프로그램이 구분하는 고정 코드",
        "error_message": "사람이 읽는 설명",
        "page": "목록의 한 페이지:",
        "page_items": "이 페이지의 항목",
        "page_number": "페이지 번호(1부터)",
        "page_size": "페이지당 항목 수",
        "page_total": "전체 항목 수",
        "request": "보낼 데이터",
        "text": "내용",
        "person": "김민지",
    },
    "ja": {
        "200": "成功",
        "201": "作成済み",
        "202": "受付済み",
        "204": "完了(返す内容なし)",
        "400": "リクエストが正しくない",
        "401": "ログインが必要",
        "403": "権限がない",
        "404": "見つからない",
        "409": "現在の状態と矛盾する",
        "422": "値を処理できない",
        "429": "リクエストが多すぎる",
        "default": "エラー",
        "error": "エラー",
        "error_code": "プログラム用の固定コード",
        "error_message": "人が読む説明",
        "page": "一覧の1ページ:",
        "page_items": "このページの項目",
        "page_number": "ページ番号(1から)",
        "page_size": "1ページの件数",
        "page_total": "全件数",
        "request": "送信するデータ",
        "text": "内容",
        "person": "佐藤花子",
    },
}


def word(language: str, name: str) -> str:
    """A standing sentence in a language (BCP 47), or in English; for an unknown status, the word for an error."""
    words = _WORDS.get(language.split("-")[0].lower(), _WORDS["en"])
    return words.get(name) or words["default"]
