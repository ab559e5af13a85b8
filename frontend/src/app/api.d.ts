/* Made by tools/make_types.py from the dataclasses of src/cardiogram/app/api. Do not edit. */

/** Agreement, and the judges that it can be measured of. */
export interface AgreementAnswer {
  judges: string[];
  agreement: PeopleAgreement;
}

/** Whose agreement with the people to measure; "" for the built-in judge. */
export interface AgreementQuestion {
  name: string;
  judge?: string;
}

/** A reading to begin. */
export interface BeginQuestion {
  name: string;
  source: string;
  cards?: number;
  again?: number;
  seed?: number;
}

/** A card without the names that say whose it is. */
export interface BlindCard {
  metadata: string;
  source: string;
  drawn: string;
  numbers: Record<string, number> | null;
}

/** A card, and the repository that it is compared with. */
export interface CardAtHand {
  text?: string | null;
  id?: string;
  of?: "dataset" | "model";
  source?: "dropped" | "folder" | "hub" | "pasted";
  path?: string;
  revision?: string;
  files?: DroppedFile[];
}

/** A card that lies in the workspace. */
export interface CardInWorkspace {
  path: string;
  id: string;
}

/** One edit, which can be accepted or left alone by itself. */
export interface ChangeAnswer {
  id: string;
  kind: "answer" | "correction" | "metadata" | "repair" | "section" | "todo";
  what: string;
  why: string;
  criterion: string;
  sentences: DraftedSentence[];
  is_left: boolean;
}

/** A change of a card. */
export interface ChangeOfCard {
  commit: string;
  day: string;
  title: string;
  what: string;
  moves: string;
  before: number | null;
  after: number | null;
  is_change: boolean;
  reasons: string[];
  pull_request: number | null;
}

/** A chart as SVG, its title and how to read it. */
export interface ChartAnswer {
  title: string;
  svg: string;
  caption: string;
}

/** A check, and what came of it. */
export interface CheckAnswer {
  name: string;
  result: string;
}

/** A model beside models like it: what may be said of it, and what it rests on. */
export interface ComparedAnswer {
  sentences: string[];
  chart: ChartAnswer;
}

/** Two studies side by side. */
export interface ComparisonAnswer {
  study: string;
  earlier: string;
  markup: string;
}

/** Two studies: differences are of `study` minus `earlier`. */
export interface ComparisonQuestion {
  study: string;
  earlier: string;
}

/** Two places that cannot both be true. */
export interface ContradictionAnswer {
  question: string;
  change: string;
  rule: string;
  kind: string;
  severity: "error" | "warning";
  why: string;
  line: number;
  quote: string;
  value: string;
  others: SourceAnswer[];
  may_remove: boolean;
}

/** How many have a reason. */
export interface CountedReason {
  reason: string;
  number: number;
}

/** One question of the rubric. */
export interface Criterion {
  key: string;
  question: string;
  counts: string;
}

/** A better card, and all that was done and left. */
export interface DraftAnswer {
  repo: string;
  commit: string;
  readers: number;
  text: string;
  sha256: string;
  lines: LineAnswer[];
  before: ScoreAnswer[];
  after: ScoreAnswer[];
  changes: ChangeAnswer[];
  refused: RefusedChange[];
  questions: QuestionAnswer[];
  contradictions: ContradictionAnswer[];
  problems: string[];
  unused: string[];
  proof: string;
}

/** The card to make better, and what its author says. */
export interface DraftQuestion {
  card: CardAtHand;
  answers?: Record<string, string>;
  by?: string;
  leave?: string[];
  audience?: "newcomer" | "reproducer" | "risk" | "user";
  clear_template?: boolean;
}

/** One thing that a change says. */
export interface DraftedSentence {
  text: string;
  facts: FactAnswer[];
  answered: string;
}

/** The drafts of a portfolio, those first that are worth most. */
export interface DraftsAnswer {
  drafts: KeptDraft[];
}

/** A file of a model folder that was dropped on a page, as far as it is read. */
export interface DroppedFile {
  path: string;
  size: number;
  data?: string;
}

/** Text to replace. */
export interface EditAnswer {
  start: number;
  end: number;
  new: string;
}

/** What followed the changes of all cards of a ledger. */
export interface EffectsAnswer {
  verdict: string;
  basis: string;
  outcomes: OutcomeAnswer[];
  checks: CheckAnswer[];
  charts: ChartAnswer[];
  left_out: CountedReason[];
  note: string;
}

/** A fact that moved a score. */
export interface EvidenceAnswer {
  criterion: string;
  words: string;
  first: number | null;
  last: number | null;
  effect: number | null;
}

/** What a look at some models shows. */
export interface Exploration {
  models: number;
  authors: number;
  held_equal: string[];
  adjusted: Looked[];
  plain: Looked[];
}

/** Some models of a study, by their ids. */
export interface ExploreQuestion {
  study: string;
  models: string[];
}

/** A value that files prove. */
export interface FactAnswer {
  name: string;
  about: string;
  value: string | number | boolean | unknown[] | Record<string, unknown> | null;
  shown: string;
  unit: string;
  how: "computed" | "read";
  note: string;
  sources: SourceAnswer[];
}

/** Everything that the files of a repository prove. */
export interface FactsAnswer {
  repo: string;
  commit: string;
  facts: FactAnswer[];
  problems: string[];
}

/** Whose files to read. */
export interface FactsQuestion {
  card: CardAtHand;
}

/** A rule that the card breaks. */
export interface FindingAnswer {
  rule: string;
  name: string;
  severity: "error" | "note" | "warning";
  line: number;
  message: string;
  why: string;
  fixes: EditAnswer[];
}

/** What a reader misses, and what mending it would gain. */
export interface GapAnswer {
  key: string;
  criterion: string;
  missing: string;
  advice: string;
  line: number;
  gain: number;
  criterion_gain: number;
  low: number | null;
  high: number | null;
}

/** What became of a card. */
export interface HistoryAnswer {
  model: string;
  headline: string;
  chart: ChartAnswer | null;
  changes: ChangeOfCard[];
  earlier: number;
  lost: string[];
  restores: boolean;
  problems: string[];
}

/** A job: what is wanted, how far it is, and what came of it. */
export interface JobAnswer {
  id: string;
  request: JobRequest;
  status: "done" | "failed" | "interrupted" | "running" | "stopped" | "stopping";
  began: string;
  updated: string;
  steps: StepAnswer[];
  costs: JudgeCost[];
  calls: number;
  spent: number;
  lines: string[];
  error: string;
  hint: string;
  can_resume: boolean;
  study: string;
  drafts: number;
}

/** What a job will take. */
export interface JobEstimate {
  cards: number;
  is_exact: boolean;
  requests: number;
  seconds: number;
  costs: JudgeCost[];
  cost_usd: number | null;
  cost_low: number | null;
  cost_high: number | null;
  notes: string[];
}

/** A job by its id. */
export interface JobQuestion {
  id: string;
}

/** What a job is to do. */
export interface JobRequest {
  kind: "panel" | "portfolio" | "snapshot" | "study";
  folder?: string;
  source?: string;
  owner?: string;
  task?: string;
  library?: string;
  search?: string;
  limit?: number | null;
  judges?: string[];
  combine?: "apart" | "cascade" | "median" | "severity";
  server?: string;
  price_in?: number | null;
  price_out?: number | null;
  max_cost?: number | null;
  max_calls?: number | null;
}

/** All jobs, and what new ones may be of. */
export interface JobsAnswer {
  jobs: JobAnswer[];
  studies: PlaceAnswer[];
  ledgers: PlaceAnswer[];
  providers: string[];
  is_study: boolean;
  most_running: number;
}

/** What a language model will take. */
export interface JudgeCost {
  judge: string;
  calls: number;
  cost_usd: number | null;
  cost_low: number | null;
  cost_high: number | null;
  seconds: number;
  answers: number;
}

/** What is kept of a draft beside its README.md and its proof. */
export interface KeptDraft {
  id: string;
  readers: number;
  before: number;
  after: number;
  changes: number;
  questions: number;
  contradictions: number;
}

/** A list that is kept. */
export interface KeptListAnswer {
  owner: string;
  day: string;
  models: number;
  mean: number | null;
}

/** The lists that are kept, the latest first. */
export interface KeptListsAnswer {
  lists: KeptListAnswer[];
}

/** A ledger by its name. */
export interface LedgerQuestion {
  ledger: string;
}

/** A ledger at a glance. */
export interface LedgerView {
  models: number;
  donors: number;
  first_day: string | null;
  last_day: string | null;
  cards: WatchedCard[];
}

/** The ledgers of the workspace by name. */
export interface LedgersAnswer {
  ledgers: string[];
}

/** A line of the draft as a diff. */
export interface LineAnswer {
  text: string;
  state: "added" | "kept" | "left" | "removed";
  change: string;
}

/** Every rule that the card breaks, the worst first. */
export interface LintAnswer {
  findings: FindingAnswer[];
}

/** A card as text, and the rules to look at. */
export interface LintQuestion {
  text: string;
  id?: string;
  of?: "dataset" | "model";
  select?: string;
  ignore?: string;
}

/** One rank correlation of the overall rating with an outcome. */
export interface Looked {
  outcome: string;
  models: number;
  estimate: number | null;
  low: number | null;
  high: number | null;
  reason: string;
}

/** A number with its 95 % interval by author-cluster bootstrap; None where there is none. */
export interface Measurement {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** Of how many cards one thing is said to be missing: nothing of it is there, for certain. */
export interface MissedNumber {
  key: string;
  criterion: string;
  name: string;
  lacks: string;
  part_of: string;
  n: number;
  missed: number;
}

/** A well documented model near a card, and the criteria in which it is worth copying. */
export interface NearCard {
  id: string;
  rating: number;
  criteria: string[];
}

/** What to open. */
export interface OpenQuestion {
  target: string;
  of?: "dataset" | "model";
}

/** What followed in one outcome. */
export interface OutcomeAnswer {
  name: string;
  change: string;
  verdict: string;
}

/** A card with what makes it worth mending. */
export interface OwnerCard {
  id: string;
  path: string;
  downloads: number | null;
  likes: number | null;
  rating: number | null;
  scores: Record<string, number>;
  gain: number;
  gaps: string[];
  lacks: string[];
  refused: string;
  before: number | null;
}

/** Whose cards. */
export interface OwnerQuestion {
  owner: string;
}

/** What a reading says so far. */
export interface PeopleAgreement {
  readers: ReaderAgreement[];
  cards: number;
  shared: number;
  authors: number;
  judge: string;
  version: string;
  scores: ScoreAgreement[];
  notes: string[];
  commands: string[];
}

/** A study or a ledger of the workspace, and its folder there. */
export interface PlaceAnswer {
  name: string;
  folder: string;
}

/** A card that is to be placed on the map of a study. */
export interface PlaceQuestion {
  study: string;
  text: string;
  id?: string;
}

/** Where a card falls on the map of a study. */
export interface PlacedCard {
  x: number | null;
  y: number | null;
  rating: number;
  segment: string | null;
  rank: number | null;
  of: number;
  task: string;
  above: number;
  among: number;
  near: NearCard | null;
  reason: string;
}

/** A pull request as it would be sent; nothing was sent. */
export interface PullRequestAnswer {
  repo: string;
  parent: string;
  title: string;
  text: string;
  files: UploadAnswer[];
  digest: string;
  account: string;
  is_owner: boolean;
  problem: string;
}

/** A draft to show as a pull request. */
export interface PullRequestQuestion {
  draft: DraftQuestion;
  with_proof?: boolean;
}

/** What only the author knows. */
export interface QuestionAnswer {
  id: string;
  ask: string;
  why: string;
  criterion: string;
  gain: number;
  criterion_gain: number;
  is_contradiction: boolean;
}

/** The rating of a card. */
export interface RateAnswer {
  scores: ScoreAnswer[];
  evidence: EvidenceAnswer[];
  gaps: GapAnswer[];
  findings: FindingAnswer[];
  problems: string[];
}

/** A card as text. */
export interface RateQuestion {
  text: string;
  id?: string;
  of?: "dataset" | "model";
  detail?: "all" | "short";
}

/** A reader, and how far the reader agrees with what the same reader said before. */
export interface ReaderAgreement {
  name: string;
  done: number;
  total: number;
  seconds: number | null;
  twice: number;
  alpha: Measurement;
  equal: Measurement;
}

/** How far a reader is: cards read, of cards to read; those read twice count twice. */
export interface ReaderProgress {
  name: string;
  done: number;
  total: number;
}

/** A reading of the folder. */
export interface ReadingAnswer {
  name: string;
  source: string;
  cards: number;
  again: number;
  readers: ReaderProgress[];
}

/** The readings of the folder, what cards may be read, and the rubric. */
export interface ReadingsAnswer {
  readings: ReadingAnswer[];
  sources: string[];
  rubric: RubricAnswer;
}

/** A change that was not made, and the reason. */
export interface RefusedChange {
  id: string;
  why: string;
  reason: string;
}

/** What a reader rates by. */
export interface RubricAnswer {
  version: string;
  criteria: Criterion[];
  levels: string[];
  overall: string[];
}

/** What a reader says of a card. */
export interface SaveQuestion {
  name: string;
  reader: string;
  place: number;
  numbers: Record<string, 1 | 2 | 3 | 4 | 5>;
  seconds?: number;
}

/** Agreement on one of the nine numbers. */
export interface ScoreAgreement {
  name: string;
  people: Measurement;
  with_judge: Measurement;
  kappa: Measurement;
  exact: Measurement;
  within_one: Measurement;
  bias: Measurement;
  cards: number;
}

/** One of the nine numbers. */
export interface ScoreAnswer {
  name: string;
  score: number;
  expected: number;
  low: number | null;
  high: number | null;
}

/** What became of a pull request. */
export interface SendAnswer {
  state: "declined" | "nothing" | "open" | "sent";
  repo: string;
  number: number;
  address: string;
  note: string;
}

/** The consent to send a pull request that was shown. */
export interface SendQuestion {
  draft: DraftQuestion;
  digest: string;
  with_proof?: boolean;
  others?: boolean;
}

/** What the files say of one sentence. */
export interface SentenceAnswer {
  state: "contradicted" | "doubtful" | "edited" | "gone" | "holds" | "moved" | "unproven";
  name: string;
  about: string;
  line: number;
  sentence: string;
  why: string;
  value: string;
  rule: string;
  sources: SourceAnswer[];
}

/** A model's days. */
export interface SeriesAnswer {
  model: string;
  known: number;
  days: number;
  chart: ChartAnswer | null;
  unknown: UnknownDays[];
  history: HistoryAnswer | null;
}

/** A model of a ledger; `ledger` is "" where its counts are not asked for. */
export interface SeriesQuestion {
  model: string;
  ledger?: string;
}

/** What changed in the cards of a folder since an earlier text of them was studied. */
export interface Since {
  day: string;
  changed: string[];
  new: string[];
  gone: string[];
  before: number | null;
  after: number | null;
}

/** One place that proves a value. */
export interface SourceAnswer {
  place: string;
  value: string;
  file: string;
  field: string;
  measure: string;
  line: number;
  quote: string;
  repo: string;
  address: string;
}

/** A step of a job: how far it is, and how long it will take. */
export interface StepAnswer {
  name: string;
  done: number;
  total: number | null;
  seconds: number;
  seconds_left: number | null;
  is_done: boolean;
}

/** The studies of the folder, by name. */
export interface StudiesAnswer {
  studies: StudySummary[];
}

/** A study in a few numbers. */
export interface StudySummary {
  name: string;
  address: string;
  day: string;
  models: number;
  authors: number;
  rated: number;
  mean: number | null;
  histogram: number[];
  judge: string;
  conclusions: string[];
  has_map: boolean;
  problem: string;
  hint: string;
}

/** A reader's turn. */
export interface TurnAnswer {
  place: number;
  done: number;
  total: number;
  card: BlindCard | null;
}

/** A card to read. */
export interface TurnQuestion {
  name: string;
  reader: string;
  place?: number | null;
}

/** Days whose downloads are known together only, and why. */
export interface UnknownDays {
  first: string;
  last: string;
  new: number;
  why: string;
}

/** A file of a pull request, with its size in bytes. */
export interface UploadAnswer {
  path: string;
  size: number;
}

/** A card and what the files say of its sentences. */
export interface VerifyAnswer {
  repo: string;
  commit: string;
  sentences: SentenceAnswer[];
  problems: string[];
}

/** The card to verify against its files. */
export interface VerifyQuestion {
  card: CardAtHand;
}

/** A watched model. */
export interface WatchedCard {
  id: string;
  first_day: string | null;
  new: (number | null)[];
  likes: number | null;
  rating: number | null;
  first_rating: number | null;
  changes: number | null;
  last_change: string | null;
}

/** A list of work, as it was read the last time. */
export interface WorkAnswer {
  owner: string;
  state: "none" | "read" | "reading";
  done: number;
  total: number | null;
  error: string;
  day: string | null;
  models: number;
  readers: "cards" | "downloads" | "likes";
  mean: number | null;
  cards: OwnerCard[];
  missing: MissedNumber[];
  problems: string[];
  since: Since | null;
}

/** The cards of the workspace. */
export interface WorkspaceAnswer {
  cards: CardInWorkspace[];
  is_cut: boolean;
}

/** What was written. */
export interface WriteAnswer {
  paths: string[];
  revision: string;
}

/** A draft to write into its folder. */
export interface WriteQuestion {
  draft: DraftQuestion;
  sha256: string;
}
