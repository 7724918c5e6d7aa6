// The link: everything that decides what is on screen, written after the hash as `#v1&key=value&...`; read_link.ts reads it.
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
  "simulator", "compare", "game", "refusal", "gates", "substitute", "case", "read", "assumptions", "sources", "validation",
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

function written(setting: Setting): string {
  if (typeof setting !== "object") return String(setting);
  // A comma parts steps, so the products that a step names are parted by spaces.
  return Object.entries(setting).map(([month, value]) => `${month}:${String(value).replaceAll(/[ ,]+/g, " ")}`).join(",");
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
