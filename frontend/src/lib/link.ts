// The link: everything that decides what is on screen, after the hash. Version 1 is `#v1&key=value&...`; see docs/how-to/use-the-app.md.
import type { Range } from "./contract";

export type Scalar = number | string;
export type Setting = Scalar | Record<string, Scalar>;
export type By = "month" | "quarter" | "year";

export interface Scene {
  preset: string;
  start: string;
  levers: Record<string, Setting>;
  assumptions: Record<string, number | Range>;
}

export interface Shown {
  view: string;
  item: string;
  a: Scene;
  b: Scene;
  large: string[];
  small: string[];
  by: By;
  year: number;
  seed: number;
}

export const STATUS_QUO = "h200-2026";
export const START = "2026-11";
export const VIEWS = [
  "simulator", "compare", "game", "refusal", "gates", "substitute", "case", "assumptions", "sources", "validation",
] as const;

export const LARGE = ["domestic_ai_chip_revenue_usd_bn", "china_compute_h100e"];
export const SMALL = [
  "h200_china_revenue_usd_bn", "duty_proceeds_usd_bn", "domestic_share_money",
  "us_china_compute_ratio_h100e", "gap_months_system_decode", "china_shortage_share",
];

export function scene(): Scene {
  return { preset: STATUS_QUO, start: START, levers: {}, assumptions: {} };
}

export function start(): Shown {
  return {
    view: "simulator", item: "", a: scene(), b: scene(), large: [...LARGE], small: [...SMALL],
    by: "quarter", year: 2028, seed: 2026,
  };
}

const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function scalar(text: string): Scalar {
  return NUMBER.test(text) ? Number(text) : text;
}

function written(setting: Setting): string {
  if (typeof setting !== "object") return String(setting);
  return Object.entries(setting).map(([month, value]) => `${month}:${value}`).join(",");
}

function setting(text: string): Setting | undefined {
  if (!/^20\d\d-\d\d:/.test(text)) return text === "" ? undefined : scalar(text);
  const steps: Record<string, Scalar> = {};
  for (const step of text.split(",")) {
    const cut = step.indexOf(":");
    const month = step.slice(0, cut);
    if (cut < 0 || !MONTH.test(month) || step.length === cut + 1) return undefined;
    steps[month] = scalar(step.slice(cut + 1));
  }
  return steps;
}

function range(text: string): number | Range | undefined {
  const [low, high, more] = text.split("~");
  if (low === undefined || more !== undefined || !NUMBER.test(low)) return undefined;
  if (high === undefined) return Number(low);
  return NUMBER.test(high) ? { low: Number(low), high: Number(high) } : undefined;
}

function putScene(out: URLSearchParams, side: Scene, prefix: string): void {
  if (side.preset !== STATUS_QUO) out.set(`${prefix}p`, side.preset);
  if (side.start !== START) out.set(`${prefix}f`, side.start);
  for (const [path, value] of Object.entries(side.levers)) out.set(`${prefix}l.${path}`, written(value));
  for (const [path, value] of Object.entries(side.assumptions)) {
    const name = path.replace(/^parameters\//, "");
    out.set(`${prefix}s.${name}`, typeof value === "object" ? `${value.low}~${value.high}` : String(value));
  }
}

export function encode(shown: Shown): string {
  const usual = start();
  const out = new URLSearchParams();
  if (shown.view !== usual.view) out.set("view", shown.view);
  if (shown.item) out.set("item", shown.item);
  putScene(out, shown.a, "");
  putScene(out, shown.b, "b");
  if (shown.large.join() !== usual.large.join()) out.set("big", shown.large.join(","));
  if (shown.small.join() !== usual.small.join()) out.set("small", shown.small.join(","));
  if (shown.by !== usual.by) out.set("by", shown.by);
  if (shown.year !== usual.year) out.set("y", String(shown.year));
  if (shown.seed !== usual.seed) out.set("seed", String(shown.seed));
  const body = out.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%7E", "~").replaceAll("%2F", "/");
  return body ? `#v1&${body}` : "#v1";
}

/** Old name -> name now, for paths of levers and parameters and for presets; from the server's tables. */
export interface Aliases {
  paths: Record<string, string>;
  presets: Record<string, string>;
}

export interface Decoded {
  shown: Shown;
  /** What the link says that this version does not understand: said on screen, never silently dropped. */
  ignored: string[];
}

const NO_ALIASES: Aliases = { paths: {}, presets: {} };

export function decode(hash: string, aliases: Aliases = NO_ALIASES): Decoded {
  const shown = start();
  const ignored: string[] = [];
  const body = hash.replace(/^#/, "");
  const [version, ...rest] = body.split("&");
  if (body === "") return { shown, ignored };
  if (version !== "v1") return { shown, ignored: [`version ${version}`] };
  for (const [key, value] of new URLSearchParams(rest.join("&"))) {
    if (!take(shown, key, value, aliases)) ignored.push(`${key}=${value}`);
  }
  return { shown, ignored };
}

function renamedPreset(name: string, aliases: Aliases): string {
  return name.replaceAll(" ", "+").split("+").map((part) => aliases.presets[part] ?? part).join("+");
}

function takeScene(side: Scene, key: string, value: string, aliases: Aliases): boolean {
  if (key === "p") {
    side.preset = renamedPreset(value, aliases);
    return /^[a-z0-9-]+(\+[a-z0-9-]+)*$/.test(side.preset) || ((side.preset = STATUS_QUO), false);
  }
  if (key === "f") return MONTH.test(value) && ((side.start = value), true);
  const path = key.slice(2);
  if (key.startsWith("l.") && /^[a-z]+\.[a-z_0-9]+(\.[a-z_0-9]+)?$/.test(path)) {
    const found = setting(value);
    if (found !== undefined) side.levers[aliases.paths[path] ?? path] = found;
    return found !== undefined;
  }
  if (key.startsWith("s.") && path) {
    const found = range(value);
    const full = `parameters/${path}`;
    if (found !== undefined) side.assumptions[aliases.paths[full] ?? full] = found;
    return found !== undefined;
  }
  return false;
}

function take(shown: Shown, key: string, value: string, aliases: Aliases): boolean {
  const ids = value.split(",").filter((id) => /^[a-z0-9_]+$/.test(id));
  switch (key) {
    case "view":
      return (VIEWS as readonly string[]).includes(value) && ((shown.view = value), true);
    case "item":
      return (shown.item = value.slice(0, 300)), true;
    case "big":
      return ids.length === 2 && ((shown.large = ids), true);
    case "small":
      return ids.length === 6 && ((shown.small = ids), true);
    case "by":
      return ["month", "quarter", "year"].includes(value) && ((shown.by = value as By), true);
    case "y":
      return /^20(2[2-9]|3[0-2])$/.test(value) && ((shown.year = Number(value)), true);
    case "seed":
      return /^\d{1,15}$/.test(value) && ((shown.seed = Number(value)), true);
  }
  return takeScene(shown.a, key, value, aliases) || (key.startsWith("b") && takeScene(shown.b, key.slice(1), value, aliases));
}
