// What is on screen: the shown state with undo, redo and replay, the lists of the server, and the answer on display.
import { tick } from "svelte";
import { ApiError, get, Live, post } from "./api";
import type { Lever, Levers, LiveAnswer, OutcomeLine, Outcomes, Presets, ScenarioAnswer, Side } from "./contract";
import { encode, scene, start, type Scene, type Shown } from "./link";
import { decode, type Refusal } from "./read_link";

const REPLAY = 900;

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function side(one: Scene): Side {
  return { preset: one.preset, start: one.start, levers: one.levers, assumptions: one.assumptions };
}

class Store {
  shown: Shown = $state(start());
  levers: Lever[] = $state.raw([]);
  presets: Presets = $state.raw({ presets: [], suffixes: [], aliases: {} });
  outcomes: Outcomes | null = $state.raw(null);
  /** The levers of A's preset before any change, and of the baseline. */
  base: ScenarioAnswer | null = $state.raw(null);
  baseline: ScenarioAnswer | null = $state.raw(null);
  answer: LiveAnswer | null = $state.raw(null);
  wanted = $state(0);
  problem = $state("");
  /** Why the link in the address is not shown; nothing else is shown until it is left. */
  refused: Refusal | null = $state.raw(null);
  replaying = $state(false);
  past: Shown[] = $state.raw([]);
  future: Shown[] = $state.raw([]);

  private committed: Shown = start();
  private aliases = { paths: {} as Record<string, string>, presets: {} as Record<string, string> };
  private live = new Live(
    (answer) => {
      this.problem = "";
      this.answer = answer;
    },
    (error) => {
      this.problem = error.message;
      // What the server refuses has no numbers: those of the state before must not stand for it.
      if (error instanceof ApiError && error.status === 400) this.answer = null;
    },
  );
  private scenarios = new Map<string, Promise<ScenarioAnswer>>();
  private asked = "";

  outcome(id: string): OutcomeLine | undefined {
    return this.outcomes?.outcomes.find((one) => one.id === id);
  }

  async open(): Promise<void> {
    const [levers, presets, outcomes] = await Promise.all([
      get<Levers>("api/levers"), get<Presets>("api/presets"), get<Outcomes>("api/outcomes"),
    ]);
    this.levers = levers.levers;
    this.presets = presets;
    this.outcomes = outcomes;
    this.aliases = { paths: levers.aliases, presets: presets.aliases };
    this.read(location.hash);
    window.addEventListener("hashchange", () => this.arrive());
    window.addEventListener("popstate", () => this.arrive());
  }

  /** Change what is shown; while a slider moves nothing is committed to the history. */
  change(edit: (shown: Shown) => void, commit = true): void {
    edit(this.shown);
    // The question goes out before the address is written, which takes some milliseconds.
    this.refresh();
    if (commit) this.commit();
    else history.replaceState(null, "", encode(this.shown));
  }

  commit(): void {
    const now = copy($state.snapshot(this.shown) as Shown);
    const [before, after] = [encode(this.committed), encode(now)];
    if (before === after) return;
    if (location.hash !== before) history.replaceState(null, "", before);
    this.past = [...this.past.slice(-199), this.committed];
    this.future = [];
    this.committed = now;
    history.pushState(null, "", after);
  }

  /** Put the subject of a view in the address without making it a change to undo. */
  remember(item: string): void {
    this.shown.item = item;
    this.committed.item = item;
    history.replaceState(null, "", encode(this.committed));
  }

  undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.future = [...this.future, this.committed];
    this.past = this.past.slice(0, -1);
    this.put(before);
  }

  redo(): void {
    const after = this.future.at(-1);
    if (!after) return;
    this.past = [...this.past, this.committed];
    this.future = this.future.slice(0, -1);
    this.put(after);
  }

  /** Show the state before the last change for a moment, then the change again. */
  async replay(): Promise<void> {
    const before = this.past.at(-1);
    if (!before || this.replaying) return;
    const now = this.committed;
    this.replaying = true;
    this.shown = copy({ ...now, a: before.a, b: before.b });
    this.refresh();
    await new Promise((done) => setTimeout(done, REPLAY));
    this.shown = copy(now);
    this.replaying = false;
    this.refresh();
  }

  resetPolicies(): void {
    this.change((shown) => (shown.a = { ...scene(), start: shown.a.start, assumptions: shown.a.assumptions }));
  }

  resetAssumptions(): void {
    this.change((shown) => {
      shown.a.assumptions = {};
      shown.b.assumptions = {};
    });
  }

  scenario(one: Side): Promise<ScenarioAnswer> {
    const key = JSON.stringify(one);
    const found = this.scenarios.get(key) ?? post<ScenarioAnswer>("api/scenario", one);
    this.scenarios.set(key, found);
    found.catch(() => this.scenarios.delete(key));
    if (this.scenarios.size > 60) this.scenarios.delete(this.scenarios.keys().next().value as string);
    return found;
  }

  /** Ask the model for what is shown now, unless it was the last thing asked. */
  refresh(): void {
    const { a, b, large, small, by, year, seed, view } = $state.snapshot(this.shown) as Shown;
    const request = {
      scenario: side(a), reference: side(b), outcomes: [...large, ...small], headlines: this.outcomes?.headlines ?? [],
      by, year, seed, detail: view === "compare",
    };
    const key = JSON.stringify(request);
    if (key === this.asked || !["simulator", "compare"].includes(view)) return;
    this.asked = key;
    this.wanted = this.live.ask(request);
    void this.stand();
  }

  private async stand(): Promise<void> {
    const { a, b } = $state.snapshot(this.shown) as Shown;
    try {
      const bare = { preset: a.preset, start: a.start, levers: {}, assumptions: {} };
      [this.base, this.baseline] = await Promise.all([this.scenario(bare), this.scenario({ ...side(b), assumptions: {} })]);
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  /** Leave a refused link for what was shown before it, at first the start. */
  leaveRefused(): void {
    this.refused = null;
    history.replaceState(null, "", encode(this.committed));
    this.refresh();
  }

  private put(shown: Shown): void {
    this.refused = null;
    this.shown = copy(shown);
    this.committed = copy(shown);
    history.pushState(null, "", encode(shown));
    this.refresh();
  }

  private read(hash: string): void {
    const { shown, refused } = decode(hash, this.aliases);
    this.refused = refused;
    if (refused) return;
    this.shown = shown;
    this.committed = copy(shown);
    this.refresh();
  }

  /** The address changed by the browser's buttons or by hand. */
  private arrive(): void {
    if (location.hash === encode(this.committed)) return this.leaveRefused();
    const before = this.committed;
    this.read(location.hash);
    if (this.refused) return;
    this.past = [...this.past, before];
    this.future = [];
    void tick();
  }
}

export const store = new Store();
