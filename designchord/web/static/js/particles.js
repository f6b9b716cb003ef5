/** Korean particles follow the sound before them: 쿠폰을, 예약을, 코드를. */

const FIRST = 0xac00;
const LAST = 0xd7a3;
/** Latin letters and digits whose Korean names end in a consonant. */
const CLOSED = /[lmnr013678]$/i;

/** @param {string} word */
function endsClosed(word) {
  const letters = word.replace(/[\s)\]}"'”’.]+$/u, "");
  const last = letters.codePointAt(letters.length - 1) ?? 0;
  if (last >= FIRST && last <= LAST) return (last - FIRST) % 28 > 0;
  return CLOSED.test(letters);
}

/** The word with that of two particles that fits: `("쿠폰", "을/를")`. @param {string} word @param {string} pair */
export function withParticle(word, pair) {
  const [closed, open] = pair.split("/");
  return word + (endsClosed(word) ? closed : open);
}
