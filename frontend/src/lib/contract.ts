// Written by `python -m countermove.web.contract_types` from the pydantic contract; do not edit.

export interface Against {
  name: string;
  better: number;
  compared: number;
}

export interface Assumption {
  path: string;
  label: string;
  unit: string;
  prior: string;
  basis: string;
  low: number;
  high: number;
  prior_quantiles: number[];
  fitted_quantiles: number[];
  leans: boolean;
  contraction: number | null;
  supports: string[];
  note: string;
}

export interface Assumptions {
  assumptions: Assumption[];
  fit: string;
}

export interface Bands {
  periods: string[];
  p5: number[];
  p25: number[];
  median: number[];
  p75: number[];
  p95: number[];
}

export interface BaselineStep {
  month: string;
  value: number;
  basis: string;
  sources: string[];
  note: string;
}

export interface CompareRequest {
  scenarios: Side[];
  draws?: number;
  seed?: number;
  by?: "quarter" | "year";
}

export interface Condition {
  condition: string;
  found: number;
  bound: string;
  met: boolean;
}

export interface Driver {
  path: string;
  label: string;
  correlation: number;
}

export interface DriversAnswer {
  outcome: string;
  label: string;
  definition: string;
  period: string;
  draws: number;
  noise: number;
  drivers: Driver[];
  mechanisms: MechanismLine[];
}

export interface DriversRequest {
  scenario?: Side;
  outcome: string;
  year?: number;
  seed?: number;
}

export interface ErrorAnswer {
  error: Problem;
}

export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Fit {
  made: string;
  version: string;
  inside: number;
  points: number;
  coverage: number;
  parameters: number;
  method: string;
  particles: number;
  stages: number;
  runs: number;
  seconds: number;
  reference: Reference | null;
  series: FitSeries[];
  notes: string[];
}

export interface FitRow {
  period: string;
  published: number;
  low: number | null;
  high: number | null;
  prior: number[];
  simulated: number[];
  predictive: number[];
  inside: boolean;
}

export interface FitSeries {
  id: string;
  label: string;
  outcome: string;
  unit: string;
  grade: string;
  inside: number;
  rows: FitRow[];
}

export interface Headline {
  period: string;
  scenario: Spread;
  reference: Spread;
  difference: Spread;
  share_positive: number;
}

export interface Hindcast {
  fit_to: string;
  vintage: string;
  recorded: boolean;
  day: string;
  made: string;
  version: string;
  rows_used: number;
  share_undated: number;
  parameters_fitted: number;
  priors_replaced: number;
  foreknown: string[];
  readings: Reading[];
}

export interface HindcastPoint {
  period: string;
  value: number | null;
  p5: number;
  p25: number;
  median: number;
  p75: number;
  p95: number;
  inside: boolean | null;
  naive: Record<string, number>;
}

export interface HindcastSeries {
  id: string;
  label: string;
  outcome: string;
  unit: string;
  scored: number;
  coverage: number | null;
  crps: number | null;
  naive: Record<string, number>;
  points: HindcastPoint[];
}

export interface JobAnswer {
  id: string;
  kind: string;
  title: string;
  state: string;
  done: number;
  total: number;
  started: number;
  seconds: number;
  seconds_left: number | null;
  problem: string;
}

export interface JobRequest {
  kind: "run" | "compare" | "game" | "claims" | "refusal";
  scenarios?: Side[];
  game?: string;
  washington?: string | null;
  beijing?: string | null;
  case?: string;
  priors?: Record<string, number>;
  events?: string[] | null;
  draws?: number | null;
  seed?: number;
}

export interface JobsAnswer {
  jobs: JobAnswer[];
}

export interface Judged {
  model: string;
  label: string;
  recorded: boolean;
  made: string;
  passed: boolean;
  verdict: string;
  reference: string;
  gate: Condition[];
  tallies: Tally[];
  points: JudgedPoint[];
}

export interface JudgedPoint {
  origin: string;
  series: string;
  label: string;
  period: string;
  value: number;
  p5: number;
  p25: number;
  median: number;
  p75: number;
  p95: number;
  inside: boolean;
  crps: number;
  crps_reference: number;
}

export interface Landed {
  views: Record<string, boolean>;
}

export interface LedgerGap {
  label: string;
  unit: string;
  value: number;
  says: string;
}

export interface Lever {
  id: string;
  government: "us" | "cn";
  label: string;
  definition: string;
  main: Part;
  parts: Part[];
  baseline: BaselineStep[];
  anchors: SourceLine[];
}

export interface Levers {
  levers: Lever[];
  aliases: Record<string, string>;
}

export interface LiveAnswer {
  sequence: number;
  label: string;
  engine: string;
  draws: number;
  seed: number;
  milliseconds: number;
  outcomes: Record<string, Bands>;
  reference_medians: Record<string, number[]>;
  references: Record<string, Bands>;
  differences: Record<string, Bands>;
  headlines: Record<string, Headline>;
}

export interface LiveRequest {
  scenario?: Side;
  reference?: Side;
  outcomes?: string[];
  headlines?: string[];
  year?: number;
  by?: "month" | "quarter" | "year";
  draws?: number;
  seed?: number;
  detail?: boolean;
  client?: string;
  sequence?: number;
}

export interface MechanismLine {
  name: string;
  title: string;
  equation: string;
}

export interface OutcomeLine {
  id: string;
  label: string;
  unit: string;
  noun: string;
  display: string;
  scale: number;
  prefix: string;
  kind: string;
  theme: string;
  definition: string;
  log: boolean;
}

export interface Outcomes {
  outcomes: OutcomeLine[];
  large: string[];
  small: string[];
  headlines: string[];
  years: string[];
  evidence_until: string;
  version: string;
  data_hash: string;
  engine: string;
}

export interface Part {
  name: string;
  kind: "number" | "choice" | "products";
  label: string;
  definition: string;
  unit: string;
  low: number;
  high: number;
  words: Record<string, number>;
  choices: string[];
  default: number;
  group: string;
}

export interface Preset {
  id: string;
  label: string;
  description: string;
}

export interface Presets {
  presets: Preset[];
  suffixes: Preset[];
  aliases: Record<string, string>;
}

export interface Problem {
  what: string;
  where: string;
  hint: string;
}

export interface Range {
  low: number;
  high: number;
}

export interface ReadRequest {
  name?: string;
  text?: string | null;
  content?: string | null;
  said?: string | null;
}

export interface Reading {
  name: string;
  scored: number;
  coverage: number | null;
  better: number;
  compared: number;
  against: Against[];
  series: HindcastSeries[];
}

export interface Reference {
  method: string;
  chains: number;
  draws: number;
  seconds: number;
  rhat_max: number;
  ess_min: number;
  divergences: number;
  mean_gap_max: number;
  mean_gap_rms: number;
  sd_ratio_min: number;
  sd_ratio_max: number;
}

export interface Reproduction {
  id: string;
  title: string;
  tier: string;
  published_by: string;
  question: string;
  inputs: string;
  method: string;
  reading: string;
  verdict: string;
  passed: boolean | null;
  rows: ReproductionRow[];
  gaps: LedgerGap[];
  sources: SourceLine[];
}

export interface ReproductionRow {
  id: string;
  label: string;
  unit: string;
  role: string;
  published: Figure | null;
  ours: Figure;
  verdict: string;
  default: Figure | null;
  default_verdict: string;
  claim: string;
  reference_of: string;
  why: string;
}

export interface Reproductions {
  version: string;
  current: boolean;
  draws: number;
  seed: number;
  passed: number;
  tested: number;
  tiers: Tier[];
  entries: Reproduction[];
}

export interface ReviewRequest {
  claim: Record<string, unknown>;
  verdict: "accept" | "edit" | "reject";
  reviewer: string;
  reason?: string;
  link?: string | null;
  changes?: Record<string, string>;
}

export interface RunRequest {
  scenario?: Side;
  draws?: number;
  seed?: number;
  by?: "quarter" | "year";
  outcomes?: string[] | null;
}

export interface ScenarioAnswer {
  id: string;
  label: string;
  description: string;
  start: string;
  levers: Record<string, Step[]>;
  changes: string[];
  anchors: string[];
}

export interface SearchAnswer {
  query: string;
  count: number;
  hits: SearchHit[];
}

export interface SearchHit {
  path: string;
  kind: string;
  title: string;
  value: string;
  grade: string;
  about: string;
}

export interface Side {
  preset?: string;
  start?: string;
  levers?: Record<string, number | string | Record<string, number | string>>;
  assumptions?: Record<string, number | Range>;
}

export interface SourceLine {
  id: string;
  title: string;
  publisher: string;
  published: string | null;
  url: string | null;
  kind: string;
  side: string;
}

export interface Spread {
  median: number;
  p5: number;
  p95: number;
  censored: number | null;
}

export interface Step {
  month: string;
  value: number | string;
}

export interface Tally {
  name: string;
  n: number;
  ratio: number | null;
  coverage90: number | null;
  coverage50: number | null;
  width90: number | null;
  beyond99: number;
}

export interface Tier {
  name: string;
  meaning: string;
}

export interface Validation {
  fit: Fit | null;
  rolling: Judged[];
  hindcasts: Hindcast[];
  reproductions: Reproductions | null;
}
