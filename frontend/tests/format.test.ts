import { describe, expect, it } from "vitest";
import { bandTexts, figureText, percentText, three, tickText, valueText, yearText } from "../src/lib/format";
import { apart, Axes, axisFor, middle, position, share } from "../src/lib/scale";

const money = { display: "money", scale: 1e9, prefix: "$" };
const percent = { display: "percent", scale: 1, prefix: "" };
const date = { display: "year", scale: 1, prefix: "" };

describe("numbers", () => {
  it("share one magnitude between a median and its range", () => {
    expect(bandTexts({ median: 12.4, p5: 3.1, p95: 27.8, censored: null }, money)).toEqual(["$12.4\u202fbn", "$3.1\u202fbn to $27.8\u202fbn"]);
  });
  it("carry a sign and points in differences", () => {
    expect(bandTexts({ median: -0.031, p5: -0.06, p95: 0.02, censored: null }, percent, true)[0]).toBe("\u22123.1 pts");
  });
  it("name dates and what was not reached", () => {
    expect(yearText(2029.4)).toBe("May 2029");
    expect(valueText(2033, date)).toBe("after 2032");
  });
  it("label ticks in one magnitude", () => {
    expect([0, 10, 20].map((tick) => tickText(tick, money, 20))).toEqual(["0", "$10\u202fbn", "$20\u202fbn"]);
  });
});

describe("figures of other publications", () => {
  it("have three significant digits, their range, or one bound", () => {
    expect([1234.4, 73.24, 4, 0.0512, -2.5].map(three)).toEqual(["1,234", "73.2", "4.00", "0.051", "\u22122.50"]);
    expect(figureText({ value: 662, low: 294, high: 1592 })).toBe("662 [294 to 1,592]");
    expect(figureText({ value: null, low: null, high: 4 })).toBe("below 4.00");
    expect(figureText({ value: null, low: 5000, high: null })).toBe("above 5,000");
    expect(figureText({ value: null, low: 21, high: 49 })).toBe("21.0 to 49.0");
    expect(figureText(null)).toBe("\u2013");
  });
  it("lie in the middle of their period, half a year included", () => {
    expect(middle("2025H1")).toBe(2025.25);
    expect(middle("2025")).toBe(2025.5);
    expect(percentText(-0.03)).toBe("\u22123%");
  });
});

describe("axes", () => {
  it("grow but never shrink", () => {
    const axes = new Axes();
    const first = axes.get("a", 0, 10, 1, false);
    expect(axes.get("a", 0, 2, 1, false)).toBe(first);
    const wider = axes.get("a", 0, first.high * 2, 1, false);
    expect(wider.high).toBeGreaterThanOrEqual(first.high * 2);
    expect(axes.get("a", 0, 1, 1, false)).toBe(wider);
  });
  it("cover what they show, linear or logarithmic", () => {
    for (const log of [true, false]) {
      const axis = axisFor(3, 47, 1, log);
      expect(axis.low).toBeLessThanOrEqual(3);
      expect(axis.high).toBeGreaterThanOrEqual(47);
      expect(share(axis, axis.high)).toBe(1);
    }
  });
  it("put a stock at the end of its period and a flow in the middle", () => {
    expect(position("2026", "stock")).toBe(2027);
    expect(position("2026Q1", "flow")).toBe(2026.125);
  });
  it("move labels apart and keep their order", () => {
    const found = apart([10, 11, 12], 12, 0, 100);
    expect(found[1]! - found[0]!).toBeGreaterThanOrEqual(11.9);
    expect(found[2]! - found[1]!).toBeGreaterThanOrEqual(11.9);
  });
});
