import { beforeEach, describe, expect, it } from "vitest";
import type { JobAnswer } from "../src/app/api";
import { clearForm, form, requestOf, type JobForm } from "../src/app/jobs/form";
import { costOf, dollars, duration, spentOf, titleOf } from "../src/app/jobs/words";

beforeEach(clearForm);

function written(part: Partial<JobForm>): ReturnType<typeof requestOf> {
  return requestOf({ ...form.value, ...part });
}

describe("requestOf", () => {
  it("asks for what belongs to the kind of job, and for nothing else", () => {
    expect(written({})).toBeNull();
    expect(written({ kind: "portfolio", owner: " acme ", limit: "7" })).toEqual({ kind: "portfolio", owner: "acme" });
    expect(written({ kind: "snapshot", folder: "ledger", owner: "acme" })).toEqual({ kind: "snapshot", folder: "ledger" });
    expect(written({ kind: "panel" })).toBeNull();
    const here = written({ kind: "study", from: "here", source: "cards", name: "s", limit: "", task: "summarization" });
    expect(here).toEqual({ kind: "study", folder: "s", source: "cards", limit: null, judges: ["embedded"] });
  });

  it("limits language models, and names a server for one's own alone", () => {
    const models = { kind: "study", name: "s", server: "http://localhost:8000/v1", combine: "median" } as const;
    const own = written({ ...models, models: "vllm/m,  vllm/m ; vllm/n", maxCost: "0,5", priceIn: "1" });
    expect(own).toMatchObject({
      judges: ["embedded", "vllm/m", "vllm/n"], combine: "median", server: models.server, max_cost: 0.5, max_calls: null, price_in: 1,
    });
    const one = written({ ...models, builtIn: false, models: "openai/gpt-5-mini", maxCost: "much" });
    expect(one).toMatchObject({ judges: ["openai/gpt-5-mini"], combine: "apart", server: "", max_cost: null });
  });
});

describe("words", () => {
  it("call a job by what it is of", () => {
    expect(titleOf({ kind: "study", folder: "s", limit: 1200, owner: "acme" })).toBe("s: 1,200 models by acme");
    expect(titleOf({ kind: "study", folder: "s", source: "cards\u202e" })).toBe("s: the cards in cards⟦U+202E⟧");
    expect(titleOf({ kind: "panel", folder: ".", judges: ["embedded", "vllm/m"] })).toBe("This study rated by embedded, vllm/m");
    expect(titleOf({ kind: "snapshot", folder: "ledger" })).toBe("Counters of ledger");
  });

  it("say how long and how much", () => {
    expect([0, 89, 90, 5399, 5400, 9000].map(duration)).toEqual(["1 s", "89 s", "2 min", "90 min", "1.5 h", "2.5 h"]);
    expect([0, 0.00123, 0.1, 12.5].map(dollars)).toEqual(["$0.00", "$0.0012", "$0.10", "$12.50"]);
    const estimate = { cards: 1, is_exact: true, requests: 0, seconds: 1, costs: [], notes: [] };
    expect(costOf({ ...estimate, cost_usd: null, cost_low: null, cost_high: null })).toBe("not known");
    expect(costOf({ ...estimate, cost_usd: 1, cost_low: 0.5, cost_high: 2 })).toBe("$1.00, between $0.50 and $2.00");
    const job = { request: { kind: "panel", max_cost: 1, max_calls: 9 }, calls: 1, spent: 0.25, costs: [] } as unknown as JobAnswer;
    expect(spentOf(job)).toBe("$0.25 for 1 call, of at most $1.00 and 9 calls");
    expect(spentOf({ ...job, calls: 0 })).toBe("");
  });
});
