import type { Component } from "svelte";
import Pending from "./Pending.svelte";
import Simulator from "./Simulator.svelte";

export interface View { short: string; title: string; component: Component }

/** Every view by the name it has in the address. */
export const views: Record<string, View> = {
  simulator: { short: "Simulator", title: "Simulator", component: Simulator },
  compare: { short: "Compare", title: "Compare two scenarios", component: Pending },
  game: { short: "Game", title: "Game matrix", component: Pending },
  refusal: { short: "Refusal", title: "What a refusal reveals", component: Pending },
  gates: { short: "Gates", title: "Gate check and timeline", component: Pending },
  substitute: { short: "Substitute", title: "Substitute a system", component: Pending },
  case: { short: "Case", title: "The case, claim by claim", component: Pending },
  assumptions: { short: "Assumptions", title: "Assumptions", component: Pending },
  sources: { short: "Sources", title: "Sources", component: Pending },
  validation: { short: "Validation", title: "Validation", component: Pending },
};
