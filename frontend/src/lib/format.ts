// How a number is printed, as in the reports: one magnitude for a value and its range, k / M / bn, signs, percentage points.
import type { OutcomeLine, Spread } from "./contract";

const MINUS = "\u2212";
const THIN = "\u202f";
const STEPS: [number, string][] = [[1e12, "tn"], [1e9, "bn"], [1e6, "M"], [1e3, "k"]];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const NOT_REACHED = 2033;

interface Magnitude { divisor: number; suffix: string; decimals: number }
type Shape = Pick<OutcomeLine, "display" | "scale" | "prefix">;

function decimals(size: number): number {
  if (size === 0 || size >= 99.95) return 0;
  return size >= 0.995 ? 1 : 2;
}

function magnitude(reference: number, suffixes: boolean): Magnitude {
  const size = Math.abs(reference);
  for (const [divisor, suffix] of suffixes ? STEPS : []) {
    if (size >= 0.9995 * divisor) return { divisor, suffix, decimals: decimals(size / divisor) };
  }
  return { divisor: 1, suffix: "", decimals: decimals(size) };
}

function scaled(value: number, shape: Shape): number {
  return shape.display === "percent" ? value * 100 : value * shape.scale;
}

function magnitudeOf(value: number, shape: Shape, difference = false): Magnitude {
  const size = scaled(value, shape);
  if (shape.display === "percent") {
    return { divisor: 1, suffix: "", decimals: size && Math.abs(size) < (difference ? 9.95 : 0.995) ? 1 : 0 };
  }
  if (shape.display === "months") return { divisor: 1, suffix: "", decimals: difference || Math.abs(size) < 99 ? 1 : 0 };
  return magnitude(size, ["money", "count", "number"].includes(shape.display));
}

function digits(value: number, m: Magnitude, signed: boolean): string {
  const size = Math.abs(value / m.divisor);
  const text = size.toFixed(size < 99.95 ? m.decimals : 0);
  if (Number(text) === 0) return value ? "~0" : "0";
  const grouped = size >= 9999.5 ? Math.round(size).toLocaleString("en-US") : text;
  return (value < 0 ? MINUS : signed ? "+" : "") + grouped;
}

function print(value: number, shape: Shape, m: Magnitude, signed: boolean): string {
  if (shape.display === "year" && !signed) return yearText(value);
  const size = shape.display === "year" ? value : scaled(value, shape);
  const bare = digits(size, m, signed);
  if (shape.display === "percent") return bare + (signed ? " pts" : "%");
  if (shape.display === "ratio") return bare + "\u00d7";
  if (shape.display === "months") return `${bare} months`;
  if (shape.display === "year") return `${bare} years`;
  const sign = /^[+\u2212]/.exec(bare)?.[0] ?? "";
  const rest = bare.slice(sign.length);
  const near = rest.startsWith("~") ? "~" : "";
  return `${sign}${near}${shape.prefix}${rest.replace("~", "")}${m.suffix && rest !== "0" ? THIN + m.suffix : ""}`;
}

export function yearText(value: number): string {
  if (value >= NOT_REACHED - 1e-9) return `after ${NOT_REACHED - 1}`;
  const year = Math.floor(value);
  return `${MONTHS[Math.min(11, Math.floor((value - year) * 12 + 1e-9))]} ${year}`;
}

export function valueText(value: number, shape: Shape): string {
  return print(value, shape, magnitudeOf(value, shape), false);
}

function reference(band: Spread): number {
  const far = Math.max(Math.abs(band.p95), Math.abs(band.p5));
  return Math.abs(band.median) > 0.02 * far ? band.median : far;
}

/** The median, and "low to high" of the 90% range, in one magnitude where that reads well. */
export function bandTexts(band: Spread, shape: Shape, difference = false): [string, string] {
  const shared =
    difference && shape.display === "year"
      ? { divisor: 1, suffix: "", decimals: 1 }
      : magnitudeOf(reference(band), shape, difference);
  const end = (value: number): string => {
    if (shape.display === "year" && !difference) return yearText(value);
    const size = scaled(value, shape);
    const own = Math.abs(size) >= 999.5 * shared.divisor ? magnitudeOf(value, shape, difference) : shared;
    return print(value, shape, own, difference).replace(/ (months|years|pts)$/, "");
  };
  return [print(band.median, shape, shared, difference), `${end(band.p5)} to ${end(band.p95)}`];
}

export function tickText(value: number, shape: Shape, top: number): string {
  if (shape.display === "year") return String(value);
  const size = scaled(value, shape);
  const m = magnitude(scaled(top, shape), ["money", "count", "number"].includes(shape.display));
  const short = Number((size / m.divisor).toPrecision(6));
  const sign = short < 0 ? MINUS : "";
  const unit = shape.display === "percent" ? "%" : shape.display === "ratio" ? "\u00d7" : m.suffix ? THIN + m.suffix : "";
  return value === 0 ? "0" : `${sign}${shape.prefix}${Math.abs(short)}${unit}`;
}

export function monthText(month: string): string {
  return `${MONTHS[Number(month.slice(5, 7)) - 1] ?? ""} ${month.slice(0, 4)}`;
}

export function per(kind: string, by: string): string {
  return kind === "flow" ? ` a ${by}` : kind === "stock" ? `, end of ${by}` : "";
}

/** A number in about three significant digits: 1,234  73.2  0.051. */
export function three(value: number): string {
  const size = Math.abs(value);
  const places = size >= 99.5 || size === 0 ? 0 : size >= 9.95 ? 1 : size >= 0.995 ? 2 : 3;
  return (value < 0 ? MINUS : "") + size.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** A number with its range or as a bound: "662 [294 to 1,592]", "below 4.00", "62.0 to 160". */
export function figureText(one: { value: number | null; low: number | null; high: number | null } | null, text = three): string {
  if (!one) return "\u2013";
  const { value, low, high } = one;
  if (value !== null) return low === null || high === null || low === high ? text(value) : `${text(value)} [${text(low)} to ${text(high)}]`;
  if (low !== null && high !== null) return `${text(low)} to ${text(high)}`;
  return high !== null ? `below ${text(high)}` : low !== null ? `above ${text(low)}` : "\u2013";
}

export function percentText(share: number): string {
  return `${share < 0 ? MINUS : ""}${Math.abs(Math.round(share * 100))}%`;
}
