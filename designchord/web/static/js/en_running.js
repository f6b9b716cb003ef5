/** English words about whether a design runs. */
export const enRunning = {
  rehearsal: "Rehearsal",
  "rehearsal.ran": "{ran} of {n} stories ran",
  "rehearsal.ran.one": "{ran} of {n} story ran",
  "rehearsal.nothing": "No story was played, so nothing is known of whether the design runs.",
  "rehearsal.how":
    "The tables were created ({tables}), the API was served by a mock that keeps what it is told, and every story was played against it.",
  "rehearsal.asked": "In {n} branches the mock was asked for the refusal, because no rule of it decides.",
  "rehearsal.asked.one": "In {n} branch the mock was asked for the refusal, because no rule of it decides.",
  "rehearsal.meaning": "That shows that the parts fit together, not that they are what you want.",
  "rehearsal.story.ran": "ran",
  "rehearsal.story.broke": "broke",
  "rehearsal.requests": "{n} requests",
  "rehearsal.requests.one": "{n} request",
  "matrix.runs": "Shown to run",
  "matrix.runs.said": "runs",
  "matrix.runs.hint": "A story that names it was played and ran.",
  "matrix.runs.none": "no story shows it",
};
