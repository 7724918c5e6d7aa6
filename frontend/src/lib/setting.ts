// A lever as a slider: how a position becomes a value, and how a value reads.
import type { Lever, Part, Step } from "./contract";
import type { Scalar, Setting } from "./link";
import { monthText } from "./format";

/** Positions of a slider, 0 to `steps`; a word beyond the range (no limit) is one step more. */
export interface Track { steps: number; value: (position: number) => Scalar; position: (value: Scalar) => number }

const CEILING_FROM = 1000;

function beyond(part: Part): [string, number] | undefined {
  return Object.entries(part.words).find(([, number]) => number > part.high);
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}

/** Performance runs over two orders of magnitude that matter, so its slider is logarithmic. */
function ceilingTrack(part: Part): Track {
  const steps = 240;
  const span = Math.log(part.high / CEILING_FROM);
  return {
    steps,
    value: (at) => (at <= 0 ? 0 : at >= steps ? part.high : significant(CEILING_FROM * Math.exp((span * at) / steps))),
    position: (value) => {
      const number = typeof value === "number" ? value : (part.words[value] ?? part.high);
      return number <= 0 ? 0 : Math.min(steps, Math.max(1, Math.round((Math.log(number / CEILING_FROM) / span) * steps)));
    },
  };
}

export function track(part: Part): Track {
  if (part.unit === "tpp") return ceilingTrack(part);
  const step = part.unit === "1" && part.high <= 1 ? 0.01 : part.high <= 5 ? 0.05 : part.high <= 100 ? 0.5 : part.high / 200;
  const count = Math.round((part.high - part.low) / step);
  const word = beyond(part);
  return {
    steps: count + (word ? Math.max(2, Math.round(count / 20)) : 0),
    value: (at) => (word && at > count ? word[0] : Number((part.low + Math.min(at, count) * step).toFixed(6))),
    position: (value) => {
      const number = typeof value === "number" ? value : (part.words[value] ?? part.low);
      if (word && number > part.high) return count + Math.max(2, Math.round(count / 20));
      return Math.round((number - part.low) / step);
    },
  };
}

const WORDS: Record<string, [number, string][]> = {
  "beijing.import_gate": [[0, "open"], [0.333, "bundled"], [0.667, "review"], [1, "ban"]],
  "washington.component_controls": [[0, "none"], [0.333, "2022 rules"], [0.667, "with memory"], [1, "with service"]],
};

export function settingText(value: Scalar, lever: Lever, part: Part = lever.main): string {
  if (typeof value === "string") return value === "none" ? "no limit" : value;
  const number = value;
  if (part.unit === "tpp") return number >= part.high ? "no limit" : `${number.toLocaleString("en-US")} TPP`;
  if (part.unit === "usd_bn/year") return `$${Number(number.toFixed(1))}\u202fbn/yr`;
  if (part.unit === "thousand chip/year") return number > part.high ? "no limit" : `${number.toLocaleString("en-US")}k chips/yr`;
  if (part.unit === "usd/usd") return `$${Number(number.toFixed(2))} per $1`;
  const words = part === lever.main ? WORDS[lever.id] : undefined;
  if (words) {
    const exact = words.find(([at]) => Math.abs(at - number) < 0.006);
    return exact ? exact[1] : `${Number(number.toFixed(2))} of 1`;
  }
  if (part.unit === "1" && part.high > 1 && number <= part.high) return `${Number(number.toFixed(2))}\u00d7`;
  if (part.unit === "1") return number > part.high ? "no limit" : number < part.low ? "follows" : `${Number((number * 100).toFixed(1))}%`;
  return `${number} ${part.unit}`;
}

export function at(steps: Step[] | undefined, month: string): Scalar | undefined {
  return steps?.findLast((step) => step.month <= month)?.value;
}

export function current(setting: Setting | undefined, steps: Step[] | undefined, month: string): Scalar | undefined {
  if (setting === undefined) return at(steps, month);
  if (typeof setting !== "object") return setting;
  const months = Object.keys(setting).sort().filter((one) => one <= month);
  return months.length ? setting[months.at(-1)!] : at(steps, month);
}

export function scheduleText(steps: Step[], lever: Lever, part: Part): string {
  return steps.map((step) => `${settingText(step.value, lever, part)} from ${monthText(step.month)}`).join("; ");
}
