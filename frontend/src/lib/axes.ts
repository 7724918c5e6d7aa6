import { Axes } from "./scale";

/** One set of axes for the session: every view draws an outcome on the same axis. */
export const axes = new Axes();
