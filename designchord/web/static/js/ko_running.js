/** Korean words about whether a design runs. */
export const koRunning = {
  rehearsal: "리허설",
  "rehearsal.ran": "스토리 {n}개 중 {ran}개 실행됨",
  "rehearsal.nothing": "실행한 스토리가 없어 설계가 실행되는지 알 수 없습니다.",
  "rehearsal.how": "테이블을 만들고({tables}개) 상태를 기억하는 API 모의 서버를 띄워 모든 스토리를 실행했습니다.",
  "rehearsal.asked": "{n}개 분기는 판단할 규칙이 없어 모의 서버에 거절을 요청했습니다.",
  "rehearsal.meaning": "각 부분이 서로 맞물린다는 뜻이며, 바라던 설계라는 뜻은 아닙니다.",
  "rehearsal.story.ran": "실행됨",
  "rehearsal.story.broke": "멈춤",
  "rehearsal.requests": "요청 {n}개",
  "matrix.runs": "실행 확인",
  "matrix.runs.said": "실행됨",
  "matrix.runs.hint": "이 요구사항을 담은 스토리가 실행되었습니다.",
  "matrix.runs.none": "보여 주는 스토리 없음",
};
