import type { OutcomeLine } from "./contract";
import { Axes } from "./scale";

/** One set of axes for the session: every view draws an outcome on the same axis. */
export const axes = new Axes();

/** Shares of a whole need no axis beyond all of it. */
export function ceiling(outcome: OutcomeLine): number {
  return outcome.display === "percent" && outcome.id.includes("share") ? 1 : Infinity;
}
