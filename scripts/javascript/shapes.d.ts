/** What the HTTP API gives (docs/http.md), by the names that the comments of the page's modules use. */

interface Place { kind: string; part: string }
interface Titled extends Place { title: string }
interface Reason { code: string; message: string }

/** The one exact mend of a problem: operations on the blueprint, or edits of one part's text. */
interface Mend {
  code: string;
  message: string;
  operations?: Record<string, any>[];
  kind?: string;
  part?: string;
  edits?: { line: number; old: string[]; new: string[] }[];
}

interface Problem {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  line?: number;
  column?: number;
  hint?: string;
  kind?: string;
  part?: string;
  fix?: Mend;
}

interface Step extends Titled {
  state: "waiting" | "ready" | "running" | "done" | "failed" | "cancelled";
  phase: string;
  waiting: { code: string; until: string | null } | null;
  run: number;
  attempt: number;
  error: Reason | null;
  unchanged: boolean;
  ready_at: string | null;
  started_at: string | null;
  first_token_at: string | null;
  finished_at: string | null;
}

interface Revision {
  number: number;
  origin: string;
  source: string;
  problems: Problem[];
  provenance: Record<string, any>;
  created_at: string;
}

interface Artifact extends Titled {
  revision: Revision;
  stale: { reason: string; because: string[] } | null;
}

interface Cell { covered: boolean | null; grade?: "said" | "inferred" | "undecided"; how: string; places: (Place & { line: number | null })[] }
interface Row { id: string; text: string; cells: Record<string, Cell>; grade?: string | null; missing?: string[]; runs?: string[] }

/** A call of a story as it was played; `fault` is a code where it broke. */
interface Played {
  step: string;
  operation: string;
  description?: string;
  request?: string;
  sent?: unknown;
  status?: number;
  answered?: unknown;
  expected?: number;
  fault?: string;
  detail?: string;
}
interface Workflow { workflow: string; summary: string; ran: boolean; asked_for: boolean; steps: Played[] }
interface Story { kind: string; title: string; id: string; ran: boolean; requirements: string[]; gaps: string[]; gaps_at?: string[]; workflows: Workflow[] }
interface Rehearsal { ran: number; total: number; tables: number; stories: Story[] }

interface Rehearsed extends Rehearsal { problems: Problem[] }

/** What can be tried, and a request to it; a sandbox is the requests that changed something. */
interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  secured: boolean;
  role: string;
  parameters: { name: string; place: "path" | "query"; required: boolean; example: string }[];
  body: unknown;
  refusals: number[];
}
interface Offer {
  operations: Operation[];
  actors: { id: string; label: string; token: string }[];
  limits: { requests: number; body: number };
}
interface Tried { method: string; target: string; token: string; body: string; answer: number | null }
interface TriedAnswer { status: number; headers: Record<string, string>; body: any; changes: boolean }

interface Report {
  rehearsal?: Rehearsal;
  problems: Problem[];
  matrix: { rows: Row[] } | null;
  counts: Record<Problem["severity"], number>;
}

interface Snapshot {
  id: string;
  title: string;
  content: string;
  requirements: string;
  language: string;
  kinds: string[];
  model: string;
  effort: string;
  state: "queued" | "running" | "done" | "partial" | "failed" | "cancelled";
  error: Reason | null;
  created_at: string;
  finished_at: string | null;
  last_event_id: number;
  steps: Step[];
  artifacts: Artifact[];
  report: Report | null;
  usage: Record<string, number>;
  shared: string | null;
  verified: number;
  requests?: OpenRequest[];
}

/** Words for a change that a model reads or has read. */
interface OpenRequest {
  id: string;
  words: string;
  answered: string[] | null;
  state: "ready" | "running" | "done" | "failed" | "cancelled";
  phase: string;
  waiting: { code: string; until: string | null } | null;
  attempt: number;
  error: Reason | null;
  question: string;
  closed: boolean;
  created_at: string;
  started_at: string | null;
  first_token_at: string | null;
  finished_at: string | null;
}

/** What was found when something built was held against the design. */
type BuiltStanding = "exists" | "differs" | "missing" | "unchecked";
interface BuiltName { what: "entity" | "operation"; id: string }
interface BuiltRequirement extends Record<BuiltStanding, BuiltName[]> { id: string; standing: BuiltStanding | null }
interface BuiltSpot { file: string; line: number | null; item: string }
interface Difference {
  code: string;
  severity: Problem["severity"];
  thing: string;
  message: string;
  note: string;
  change_the_code: string;
  change_the_design: string;
  design: BuiltSpot | null;
  built: BuiltSpot | null;
}
interface VerificationSummary {
  number: number;
  revision: string;
  blueprint: number | null;
  who: string;
  counts: Record<string, number>;
  not_read: number;
  left_out: number;
  created_at: string;
  stale: boolean;
}
interface Verification extends VerificationSummary {
  findings: Difference[];
  accepted: Difference[];
  requirements: BuiltRequirement[];
}
interface Verifications { items: VerificationSummary[]; last: Verification | null }

interface EffortEstimate {
  effort: string;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
  seconds: number | null;
  usable_seconds: number | null;
}

interface Estimate extends EffortEstimate {
  model: string;
  language: string;
  efforts: EffortEstimate[];
}

/** What the page makes of it: a piece of a design, planned (`step`), there (`artifact`), or both. */
interface Item extends Titled { key: string; step: Step | null; artifact: Artifact | null }

/** An item that is there. */
interface Made extends Item { artifact: Artifact }

interface Store<T> { read(): T; change(next: T): void; subscribe(listener: () => void): () => void }

/** What is being written, by the item's key. */
interface LiveText {
  storeOf(key: string): Store<string>;
  grown: Store<Titled[]>;
  settle(): void;
  add(delta: Titled & { run: number; offset: number; text: string }): void;
  clear(place: Place): void;
}

interface Proposal {
  number: number | null;
  base: number;
  question: string;
  operations: Record<string, any>[];
  blueprint: string;
  refused: { operation: number; code: string; message: string; values: Record<string, string> }[];
  preview: Record<string, any>;
}

/** A name of the design that may be meant; `owner`: of an attribute, the entity. */
interface Name { name: string; label: string; what: string; kind: string; owner: string }

/** What can be done to an open editor from outside. */
interface WritingHand {
  undo(): void;
  redo(): void;
  find(): void;
  mark(problems: Problem[]): void;
  know(names: Name[]): void;
  goTo(line: number): void;
  close(): void;
}
