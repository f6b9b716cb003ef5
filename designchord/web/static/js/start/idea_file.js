/** An idea written as Markdown: the first heading is the title, a requirements section the requirements. */

const REQUIREMENTS = /^(requirements?|functional requirements|요구\s*사항|기능\s*요구\s*사항)\s*:?$/i;

const headingOf = (line) => {
  const match = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
  return match && { level: match[1].length, text: match[2].replace(/[*_`]/g, "").trim() };
};

/** @param {string} text @returns {{title: string, content: string, requirements: string}} */
export function readIdea(text) {
  /** @type {{title: string, content: string[], requirements: string[]}} */
  const idea = { title: "", content: [], requirements: [] };
  let inside = 0;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const heading = headingOf(line);
    if (heading && !idea.title && !inside) {
      idea.title = heading.text;
      continue;
    }
    if (heading && REQUIREMENTS.test(heading.text)) {
      inside = heading.level;
      continue;
    }
    if (heading && inside && heading.level <= inside) inside = 0;
    (inside ? idea.requirements : idea.content).push(line);
  }
  return {
    title: idea.title,
    content: idea.content.join("\n").trim(),
    requirements: idea.requirements.join("\n").trim(),
  };
}
