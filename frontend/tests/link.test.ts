import { describe, expect, it } from "vitest";
import { encode, start, type Scene, type Shown } from "../src/lib/link";
import { decode } from "../src/lib/read_link";
import links from "./links.json";
import refusals from "./links_refused.json";

/** A small generator of random numbers, so that the 200 states are the same on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const LEVERS = ["washington.duty", "washington.volume_cap", "beijing.import_gate", "beijing.import_gate.mode", "beijing.subsidy.vendor"];
const OUTCOMES = ["duty_proceeds_usd_bn", "china_compute_h100e", "domestic_share_money", "china_power_gw", "grey_units", "us_units_displaced", "china_shortage_share"];

function someScene(r: () => number): Scene {
  const pick = <T,>(list: T[]): T => list[Math.floor(r() * list.length)]!;
  const scene: Scene = {
    preset: pick(["h200-2026", "h200-rule+ban", "open-h200+open+70bn", "no-h200"]),
    start: pick(["2026-01", "2026-11", "2027-07"]),
    levers: {},
    assumptions: {},
  };
  for (const lever of LEVERS) {
    if (r() < 0.4) scene.levers[lever] = pick<number | string>([Math.round(r() * 1000) / 1000, r() * 1e-9, -r(), "none", "bundled", 250000]);
    else if (r() < 0.3) scene.levers[lever] = { "2026-11": Math.round(r() * 100) / 100, "2028-01": "none" };
  }
  if (r() < 0.5) scene.assumptions["parameters/supply.hbm_imports"] = r() * 40;
  if (r() < 0.5) scene.assumptions["parameters/demand.price_elasticity"] = { low: r(), high: 1 + r() };
  return scene;
}

function someState(r: () => number): Shown {
  return {
    ...start(),
    view: ["simulator", "compare", "sources", "game"][Math.floor(r() * 4)]!,
    item: r() < 0.5 ? "" : ["job:65-ab", "parameters/supply.hbm_imports", "claims/a & b=c#d", "50% + more"][Math.floor(r() * 4)]!,
    a: someScene(r),
    b: someScene(r),
    large: OUTCOMES.slice(0, 2),
    small: [...OUTCOMES].reverse().slice(0, 6),
    by: (["month", "quarter", "year"] as const)[Math.floor(r() * 3)]!,
    year: 2022 + Math.floor(r() * 11),
    seed: Math.floor(r() * 1e6),
  };
}

describe("a link", () => {
  it("brings back 200 random states, both compared scenarios included", () => {
    const r = random(7);
    for (let n = 0; n < 200; n++) {
      const state = someState(r);
      const { shown, refused } = decode(encode(state));
      expect(refused).toBeNull();
      expect(shown).toEqual(state);
    }
  });

  it("is as short as what differs", () => {
    expect(encode(start())).toBe("#v1");
    const state = start();
    state.a.levers["washington.duty"] = 0.1;
    expect(encode(state)).toBe("#v1&l.washington.duty=0.1");
  });

  it("opens the links of every release", () => {
    for (const one of links as unknown as (Partial<Shown> & { link: string })[]) {
      const { shown, refused } = decode(one.link);
      expect(refused).toBeNull();
      expect(shown.a).toMatchObject(one.a ?? {});
      expect(shown.b).toMatchObject(one.b ?? {});
      for (const key of ["by", "year", "seed"] as const) if (one[key] !== undefined) expect(shown[key]).toBe(one[key]);
    }
  });

  it("follows renamed levers, parameters and presets", () => {
    const aliases = { paths: { "washington.tariff": "washington.duty", "parameters/old.name": "parameters/new.name" }, presets: { sale: "open-h200" } };
    const { shown, refused } = decode("#v1&p=sale%2Bban&l.washington.tariff=0.1&s.old.name=3", aliases);
    expect(refused).toBeNull();
    expect(shown.a).toMatchObject({ preset: "open-h200+ban", levers: { "washington.duty": 0.1 }, assumptions: { "parameters/new.name": 3 } });
  });

  it.each(refusals)("is refused whole with $name", ({ link, part, what }) => {
    const { shown, refused } = decode(link);
    expect(refused).toMatchObject({ part, what });
    expect(refused!.hint).not.toBe("");
    expect(shown).toEqual(start());
  });

  it("reads no name of a preset from what every object has", () => {
    expect(decode("#v1&p=constructor").shown.a.preset).toBe("constructor");
  });

  it("writes the products of a step so that they are read again", () => {
    const state = start();
    state.a.levers["washington.licence_scope.deny"] = { "2026-11": "h20, l20" };
    const { shown, refused } = decode(encode(state));
    expect(refused).toBeNull();
    expect(shown.a.levers).toEqual({ "washington.licence_scope.deny": { "2026-11": "h20 l20" } });
  });
});
