/** Korean particles follow the sound before them: 쿠폰을, 예약을, 코드를. */

const FIRST = 0xac00;
const LAST = 0xd7a3;
/** Latin letters and digits that are said with a consonant at their end: 툴, 아이템, 레이팅, 엘, 알; but 멤버. */
const CLOSED = /[lmn013678]$|ng$|[LMNR]$/;

/** Those that end in a ㄹ, after which it is 로 all the same. */
const RIEUL = /[l178]$|[LR]$/;

const bare = (word) => word.replace(/[\s)\]}"'”’.]+$/u, "");

/** @param {string} word */
function endsInRieul(word) {
  const letters = bare(word);
  const last = letters.codePointAt(letters.length - 1) ?? 0;
  return last >= FIRST && last <= LAST ? (last - FIRST) % 28 === 8 : RIEUL.test(letters);
}

/** @param {string} word */
function endsClosed(word) {
  const letters = bare(word);
  const last = letters.codePointAt(letters.length - 1) ?? 0;
  if (last >= FIRST && last <= LAST) return (last - FIRST) % 28 > 0;
  return CLOSED.test(letters);
}

/** The word with that of two particles that fits: `("쿠폰", "을/를")`. @param {string} word @param {string} pair */
export function withParticle(word, pair) {
  const [closed, open] = pair.split("/");
  if (closed === "으로" && endsInRieul(word)) return word + open;
  return word + (endsClosed(word) ? closed : open);
}
