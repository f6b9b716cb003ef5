/** The families of diagrams that can be drawn, by the words that they begin with. */
export const FAMILIES = {
  "sequenceDiagram": "sequence",
  "erDiagram": "er",
  "stateDiagram-v2": "state",
  "stateDiagram": "state",
  "classDiagram": "class",
  "classDiagram-v2": "class",
  "C4Context": "c4",
  "C4Container": "c4",
  "C4Component": "c4",
  "C4Dynamic": "c4",
  "C4Deployment": "c4",
  "flowchart": "flowchart",
  "graph": "flowchart",
  "flowchart-elk": "flowchart"
};
