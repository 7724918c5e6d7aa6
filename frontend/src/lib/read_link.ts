// Reading a link: the grammar of src/countermove/web/link.py. Both are held to tests/links.json and tests/links_refused.json.
import type { Range } from "./contract";
import { start, VIEWS, type By, type Scalar, type Scene, type Setting, type Shown } from "./link";

/** Old name -> name now, for paths of levers and parameters and for presets; from the server's tables. */
export interface Aliases {
  paths: Record<string, string>;
  presets: Record<string, string>;
}

/** The first part of a link that does not fit: which, why, and what to do. */
export interface Refusal {
  part: string;
  what: string;
  hint: string;
}

export interface Decoded {
  shown: Shown;
  /** A link with a part that does not fit shows nothing: half of it would be another scenario. */
  refused: Refusal | null;
}

const NO_ALIASES: Aliases = { paths: {}, presets: {} };
const PERIODS = ["month", "quarter", "year"];
const [FIRST, LAST, MOST_ITEM, MOST_PRESET, QUOTED] = [2022, 2032, 300, 120, 40];
const MOST_SEED = 2n ** 53n;
const NUMBER = /^-?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i;
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]*([ ,]+[A-Za-z0-9][A-Za-z0-9_.-]*)*$/;
const MONTH = /^20[0-9][0-9]-(0[1-9]|1[0-2])$/;
const PRESET = /^[a-z0-9-]+(\+[a-z0-9-]+)*$/;
const LEVER = /^(washington|beijing)\.[a-z0-9_]+(\.[a-z0-9_]+)?$/;
const PARAMETER = /^[a-z0-9_]+(\.[a-z0-9_]+)+$/;
const VALUE_HINT = "write a number, a word, or steps such as 2026-11:0.1,2028-01:0";

class Misfit extends Error {
  constructor(readonly what: string, readonly hint: string) {
    super(what);
  }
}

export function decode(hash: string, aliases: Aliases = NO_ALIASES): Decoded {
  const body = hash.replace(/^#/, "");
  const [version, ...parts] = body.split("&");
  if (body !== "" && version !== "v1" && version !== "v1=") {
    return { shown: start(), refused: { part: "", what: `a link of version ${quoted(version!)}`, hint: "this version reads v1" } };
  }
  const shown = start();
  const taken = new Set<string>();
  for (const part of parts.filter(Boolean)) {
    let [key, value] = halves(part, "=");
    try {
      key = decoded(key);
      const name = take(shown, key, decoded(value), aliases);
      if (taken.has(name)) throw new Misfit("it is given twice", "keep one");
      taken.add(name);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return { shown: start(), refused: { part: key.slice(0, 80), what: error.what, hint: error.hint } };
    }
  }
  return { shown, refused: null };
}

function halves(text: string, mark: string): [string, string] {
  const cut = text.indexOf(mark);
  return cut < 0 ? [text, ""] : [text.slice(0, cut), text.slice(cut + 1)];
}

function quoted(text: string): string {
  return `'${[...text].slice(0, QUOTED).join("")}'`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Misfit(`${quoted(text)} is no percent-encoded text`, "write a percent sign as %25");
  }
}

/** Put one part in its place; returns the key by which no other part may be known. */
function take(shown: Shown, key: string, value: string, aliases: Aliases): string {
  const read = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  const mark = key.startsWith("b") ? "b" : "";
  const name = key.slice(mark.length);
  if (!read && !["p", "f"].includes(name) && !/^[ls]\./.test(name)) {
    throw new Misfit(`${quoted(key)} is no part of a link`, "one of: p, f, l.LEVER, s.PARAMETER, big, small, by, y, seed, view, item");
  }
  if (value === "") throw new Misfit("it holds nothing", "give a value, or leave the part out");
  if (!read) return mark + takeSide(mark ? shown.b : shown.a, name, value, aliases);
  read(shown, value);
  return key;
}

function takeSide(side: Scene, key: string, value: string, aliases: Aliases): string {
  const path = key.slice(2);
  if (key === "p") side.preset = preset(value, aliases);
  else if (key === "f") side.start = month(value);
  else if (key.startsWith("l.")) {
    if (!LEVER.test(path)) throw new Misfit(`${quoted(path)} is no lever`, "write l.washington.duty, or with a part l.beijing.import_gate.mode");
    // The value of a lever is the lever itself, so that the two cannot contradict each other.
    const lever = renamed(aliases.paths, path).replace(/\.value$/, "");
    side.levers[lever] = setting(value);
    return `l.${lever}`;
  } else {
    if (!PARAMETER.test(path)) throw new Misfit(`${quoted(path)} is no parameter`, "write s.demand.price_elasticity");
    const parameter = renamed(aliases.paths, `parameters/${path}`);
    side.assumptions[parameter] = range(value);
    return `s.${parameter}`;
  }
  return key;
}

function preset(text: string, aliases: Aliases): string {
  const name = text.replaceAll(" ", "+");
  if (!PRESET.test(name) || name.length > MOST_PRESET) {
    throw new Misfit(`${quoted(text)} is no name of a scenario`, "write a preset and its suffixes: h200-rule%2Bban");
  }
  return name.split("+").map((part) => renamed(aliases.presets, part)).join("+");
}

function renamed(names: Record<string, string>, name: string): string {
  return Object.hasOwn(names, name) ? names[name]! : name;
}

function onTheClock(year: number): boolean {
  return year >= FIRST && year <= LAST;
}

function month(text: string): string {
  if (MONTH.test(text) && onTheClock(Number(text.slice(0, 4)))) return text;
  throw new Misfit(`${quoted(text)} is no month of the clock`, `write ${FIRST}-01 to ${LAST}-12`);
}

function scalar(text: string): Scalar | undefined {
  if (NUMBER.test(text)) return Number.isFinite(Number(text)) ? Number(text) : undefined;
  return WORD.test(text) ? text : undefined;
}

function setting(text: string): Setting {
  if (!text.includes(":")) {
    const value = scalar(text);
    if (value === undefined) throw new Misfit(`${quoted(text)} is no value of a lever`, VALUE_HINT);
    return value;
  }
  const steps: Record<string, Scalar> = {};
  for (const step of text.split(",")) {
    const [when, written] = halves(step, ":");
    const value = scalar(written);
    if (value === undefined) throw new Misfit(`${quoted(step)} is no step of a schedule`, VALUE_HINT);
    if (month(when) in steps) throw new Misfit(`${quoted(when)} is given twice`, "keep one");
    steps[when] = value;
  }
  return steps;
}

function range(text: string): number | Range {
  const ends = text.split("~").map(scalar);
  const [low, high] = ends;
  if (ends.length > 2 || ends.some((end) => typeof end !== "number")) {
    throw new Misfit(`${quoted(text)} is no number and no range`, "write 12 or 0.5~0.9");
  }
  if (high === undefined) return low as number;
  if (!(low! < high)) throw new Misfit(`${quoted(text)} does not rise`, "write the low end first, or one number");
  return { low: low as number, high: high as number };
}

function charts(value: string, count: number): string[] {
  const ids = value.split(",");
  if (ids.length === count && ids.every((id) => /^[a-z0-9_]+$/.test(id))) return ids;
  throw new Misfit(`${quoted(value)} does not name ${count} outcomes`, `name ${count} outcomes, separated by commas`);
}

function oneOf(value: string, names: readonly string[], what: string): string {
  if (names.includes(value)) return value;
  throw new Misfit(`${quoted(value)} is no ${what}`, `one of: ${names.join(", ")}`);
}

function year(value: string): number {
  if (/^[0-9]{4}$/.test(value) && onTheClock(Number(value))) return Number(value);
  throw new Misfit(`${quoted(value)} is no year of the clock`, `write ${FIRST} to ${LAST}`);
}

function seed(value: string): number {
  if (/^[0-9]{1,16}$/.test(value) && BigInt(value) <= MOST_SEED) return Number(value);
  throw new Misfit(`${quoted(value)} is no seed`, `write a whole number from 0 to ${MOST_SEED}`);
}

function item(value: string): string {
  if ([...value].length <= MOST_ITEM) return value;
  throw new Misfit(`it is longer than ${MOST_ITEM} characters`, "shorten it");
}

const KEYS: Record<string, ((shown: Shown, value: string) => void) | undefined> = {
  big: (shown, value) => (shown.large = charts(value, 2)),
  small: (shown, value) => (shown.small = charts(value, 6)),
  by: (shown, value) => (shown.by = oneOf(value, PERIODS, "length of periods") as By),
  y: (shown, value) => (shown.year = year(value)),
  seed: (shown, value) => (shown.seed = seed(value)),
  view: (shown, value) => (shown.view = oneOf(value, VIEWS, "view")),
  item: (shown, value) => (shown.item = item(value)),
};
