/** 읽기에 관한 한국어 글: API, 가져가기. */
export const koReading = {
  "reader.viewer": "보기 방식",
  "reader.read": "읽기",
  "reader.search": "단어, 경로, 요구사항으로 찾기",
  "reader.about": "골라 보기",
  "reader.all": "모든 동작",
  "reader.tags": "묶음",
  "reader.operations": "동작",
  "reader.schemas": "스키마",
  "reader.count": "동작 {n}개",
  "reader.back": "모든 동작",
  "reader.picture": "그림 열기",
  "export.print": "인쇄, PDF로 저장",
  "export.print.hint": "표지, 목차, 쪽 번호 포함",
};
