import type { Component } from "svelte";
import Assumptions from "./Assumptions.svelte";
import Case from "./Case.svelte";
import Compare from "./Compare.svelte";
import Game from "./Game.svelte";
import Gates from "./Gates.svelte";
import Read from "./Read.svelte";
import Refusal from "./Refusal.svelte";
import Simulator from "./Simulator.svelte";
import Sources from "./Sources.svelte";
import Substitute from "./Substitute.svelte";
import Validation from "./Validation.svelte";

export interface View { short: string; title: string; component: Component }

/** Every view by the name it has in the address. */
export const views: Record<string, View> = {
  simulator: { short: "Simulator", title: "Simulator", component: Simulator },
  compare: { short: "Compare", title: "Compare two scenarios", component: Compare },
  game: { short: "Game", title: "Game matrix", component: Game },
  refusal: { short: "Refusal", title: "What a refusal reveals", component: Refusal },
  gates: { short: "Gates", title: "Gate check and timeline", component: Gates },
  substitute: { short: "Substitute", title: "Substitute a system", component: Substitute },
  case: { short: "Case", title: "The case, claim by claim", component: Case },
  read: { short: "Read", title: "Read an article", component: Read },
  assumptions: { short: "Assumptions", title: "Assumptions", component: Assumptions },
  sources: { short: "Sources", title: "Sources", component: Sources },
  validation: { short: "Validation", title: "Validation", component: Validation },
};
