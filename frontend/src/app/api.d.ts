/* Made by tools/make_types.py from the dataclasses of src/cardiogram/app/api. Do not edit. */

/** Lines that carry a rating; None where it is no single place. */
export interface AnsweredEvidence {
  criterion: string;
  words: string;
  first: number | null;
  last: number | null;
  effect: number | null;
}

/** A finding of the linter. */
export interface AnsweredFinding {
  id: string;
  message: string;
  line: number;
}

/** What a reader misses, and what it would gain overall. */
export interface AnsweredGap {
  criterion: string;
  missing: string;
  advice: string;
  line: number;
  gain: number;
}

/** One of the nine numbers, with the interval of what readers would say. */
export interface AnsweredScore {
  name: string;
  score: number;
  expected: number;
  low: number;
  high: number;
}

/** A card, and the id of its model where it has one. */
export interface CardQuestion {
  text: string;
  id?: string;
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

/** How many have a reason. */
export interface CountedReason {
  reason: string;
  number: number;
}

/** The drafts of a portfolio, those first that are worth most. */
export interface DraftsAnswer {
  drafts: KeptDraft[];
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

/** In how many cards one expectation is missing for certain. */
export interface MissedNumber {
  key: string;
  criterion: string;
  name: string;
  lacks: string;
  part_of: string;
  n: number;
  missed: number;
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
  lacks: string[];
  refused: string;
  before: number | null;
}

/** Whose cards. */
export interface OwnerQuestion {
  owner: string;
}

/** A study or a ledger of the workspace, and its folder there. */
export interface PlaceAnswer {
  name: string;
  folder: string;
}

/** A card's rating; lines are those of `text`. */
export interface RatedCard {
  scores: AnsweredScore[];
  facts: AnsweredEvidence[];
  gaps: AnsweredGap[];
  findings: AnsweredFinding[];
  problems: string[];
  text: string;
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

/** A step of a job: how far it is, and how long it will take. */
export interface StepAnswer {
  name: string;
  done: number;
  total: number | null;
  seconds: number;
  seconds_left: number | null;
  is_done: boolean;
}

/** Days whose downloads are known together only, and why. */
export interface UnknownDays {
  first: string;
  last: string;
  new: number;
  why: string;
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
