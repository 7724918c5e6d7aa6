// Axes that hold still: an axis grows when a line would leave it, and never shrinks, so that motion means change.
export interface Axis { low: number; high: number; ticks: number[]; log: boolean }

function niceStep(span: number, count: number): number {
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((step) => step >= raw * (1 - 1e-9)) ?? 10 * power;
}

function linear(low: number, high: number, unit: number): Axis {
  const bottom = low >= 0 ? 0 : low;
  const top = high > bottom ? high : bottom + 1;
  const step = niceStep((top - bottom) * unit, 4) / unit;
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.max(Math.ceil(top / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks, log: false };
}

function logarithmic(low: number, high: number): Axis {
  const steps = high / low > 300 ? [1] : [1, 2, 5];
  const all: number[] = [];
  for (let p = Math.floor(Math.log10(low)) - 1; p <= Math.ceil(Math.log10(high)) + 1; p++) {
    for (const s of steps) all.push(Number((s * 10 ** p).toPrecision(6)));
  }
  const bottom = Math.max(...all.filter((t) => t <= low * (1 + 1e-9)));
  const top = Math.min(...all.filter((t) => t >= high * (1 - 1e-9)));
  return { low: bottom, high: top, ticks: all.filter((t) => t >= bottom && t <= top), log: true };
}

export function axisFor(low: number, high: number, unit: number, log: boolean): Axis {
  return log && low > 0 ? logarithmic(low, high > low ? high : low * 2) : linear(low, high, unit);
}

export class Axes {
  private held = new Map<string, { low: number; high: number; axis: Axis }>();

  /** The axis of a chart, covering what it showed before and these values. */
  get(key: string, low: number, high: number, unit: number, log: boolean, most = Infinity): Axis {
    const found = this.held.get(key);
    if (found && low >= found.axis.low && high <= found.axis.high) return found.axis;
    const reach = { low: Math.min(low, found?.low ?? low), high: Math.max(high, found?.high ?? high) };
    // A little room the first time, so that the next moves stay inside.
    const axis = axisFor(reach.low < 0 ? reach.low * 1.1 : reach.low, Math.min(found || log ? reach.high : reach.high * 1.15, Math.max(most, reach.high)), unit, log);
    this.held.set(key, { ...reach, axis });
    return axis;
  }
}

export function share(axis: Axis, value: number): number {
  const v = Math.min(Math.max(value, axis.low), axis.high);
  return axis.log ? Math.log(v / axis.low) / Math.log(axis.high / axis.low) : (v - axis.low) / (axis.high - axis.low);
}

/** Decimal year of a period: a stock sits at its end, everything else in its middle. */
export function position(period: string, kind: string): number {
  const year = Number(period.slice(0, 4));
  const [first, last] = period.includes("Q")
    ? [(Number(period[5]) - 1) * 3, Number(period[5]) * 3]
    : period.includes("-")
      ? [Number(period.slice(5, 7)) - 1, Number(period.slice(5, 7))]
      : [0, 12];
  return year + (kind === "stock" ? last : (first + last) / 2) / 12;
}

export function dayPosition(day: string): number {
  const [year, month, date] = day.split("-").map(Number);
  return year! + (month! - 1) / 12 + ((date ?? 1) - 1) / 365;
}

/** Move labels apart until neighbours keep a gap, in the same order, near where they want to be. */
export function apart(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = order.map((i) => wanted[i]!);
  for (let round = 0; round < 20; round++) {
    for (let k = 1; k < placed.length; k++) {
      const lack = gap - (placed[k]! - placed[k - 1]!);
      if (lack > 0.01) {
        placed[k - 1]! -= lack / 2;
        placed[k]! += lack / 2;
      }
    }
    for (let k = 0; k < placed.length; k++) placed[k] = Math.min(Math.max(placed[k]!, low + k * gap), high - (placed.length - 1 - k) * gap);
  }
  const result = [...wanted];
  order.forEach((i, k) => (result[i] = placed[k]!));
  return result;
}

/** Decimal year of the middle of a period, halves of a year included (2025H1). */
export function middle(period: string): number {
  const half = /^(\d{4})H([12])$/.exec(period);
  return half ? Number(half[1]) + (Number(half[2]) - 0.5) / 2 : position(period, "flow");
}
