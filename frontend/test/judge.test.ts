import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../src/app/answers";
import { startJudge, type Judge } from "../src/page/inPage";
import { LONGEST, PATIENCE, SILENCE } from "../src/page/judge";
import type { Asked, Told } from "../src/page/messages";
import { fetchPacked } from "../src/page/packed";
import { readZip } from "../src/page/unzip";

/** A worker that does what a test says. */
class Fake {
  static all: Fake[] = [];
  asked: Asked[] = [];
  ended = false;
  onmessage: ((event: { data: Told }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;
  constructor() {
    Fake.all.push(this);
  }
  postMessage(asked: Asked): void {
    this.asked.push(asked);
  }
  terminate(): void {
    this.ended = true;
  }
  tell(data: Told): void {
    this.onmessage?.({ data });
  }
  answer(found: object): void {
    this.tell({ kind: "answer", id: this.asked.at(-1)!.id, answer: JSON.stringify(found) });
  }
}

let judge: Judge;
const last = (): Fake => Fake.all.at(-1)!;
const texts = (): string[] => last().asked.map(({ question }) => (JSON.parse(question) as { text?: string }).text ?? "draft");
const rate = (text: string): Promise<unknown> => judge.answers.rate({ text }).catch((error: unknown) => error);
const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => {});

beforeEach(() => {
  vi.useFakeTimers();
  Fake.all = [];
  judge = startJudge(() => new Fake() as unknown as Worker);
});
afterEach(() => vi.useRealTimers());

describe("a judge in a worker", () => {
  it("is asked what waited for it, one question at a time, ratings first", async () => {
    const draft = judge.answers.improve({ card: { text: "x", source: "hub" } });
    const [first, second] = [rate("1"), rate("2")];
    expect(last().asked).toEqual([]);
    last().tell({ kind: "share", share: 0.5 });
    expect(judge.state.value).toEqual({ stage: "loading", share: 0.5 });
    last().tell({ kind: "ready", lock: "" });
    expect(texts()).toEqual(["1"]);
    last().answer({ scores: [1] });
    await expect(first).resolves.toEqual({ scores: [1] });
    last().answer({ scores: [2] });
    await expect(second).resolves.toEqual({ scores: [2] });
    expect(last().asked.at(-1)).toMatchObject({ path: "/api/improve", question: '{"card":{"text":"x","source":"dropped"}}' });
    last().answer({ error: "no", hint: "do", status: 400 });
    await expect(draft).rejects.toEqual(new Refusal("no", "do", 400));
  });

  it("drops a question that nobody waits for any more, and a late answer", async () => {
    const request = new AbortController();
    last().tell({ kind: "ready", lock: "" });
    void rate("1");
    const draft = judge.answers.improve({ card: { text: "x" } }, request.signal).catch((error: unknown) => error);
    request.abort(new Error("left"));
    last().tell({ kind: "answer", id: 77, answer: "{}" });
    expect(texts()).toEqual(["1"]);
    last().answer({});
    await expect(draft).resolves.toEqual(new Error("left"));
  });

  it("is followed by a new one as soon as the browser ends it, which its lock tells", async () => {
    const free = new Map<string, () => void>();
    const request = async (name: string, then: () => void): Promise<void> => void free.set(name, then);
    vi.stubGlobal("navigator", { locks: { request } });
    last().tell({ kind: "ready", lock: "first" });
    const lost = rate("1");
    free.get("first")!();
    await expect(lost).resolves.toMatchObject({ message: "The judge broke off at this text: the browser ended it" });
    expect(Fake.all.length).toBe(2);
    free.get("first")!();
    expect(Fake.all.length).toBe(2);
    vi.unstubAllGlobals();
  });

  it("is followed by a new one when a card takes too long or breaks it off", async () => {
    last().tell({ kind: "ready", lock: "" });
    const [endless, next] = [rate("endless"), rate("next")];
    await vi.advanceTimersByTimeAsync(LONGEST - 1);
    expect(Fake.all.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await endless).toMatchObject({ status: 422, message: expect.stringContaining("30 seconds") });
    expect(Fake.all.map(({ ended }) => ended)).toEqual([true, false]);
    last().tell({ kind: "ready", lock: "" });
    expect(texts()).toEqual(["next"]);
    last().tell({ kind: "broken", id: 2, why: "unreachable" });
    expect(await next).toMatchObject({ status: 422, message: expect.stringContaining("unreachable") });
    last().tell({ kind: "ready", lock: "" });
    last().onerror?.({ message: "", preventDefault() {} });
    await settled();
    expect(judge.state.value.stage).toBe("loading");
  });

  it("is cut off in a long question that nobody asks any more", async () => {
    last().tell({ kind: "ready", lock: "" });
    const [old, older] = [new AbortController(), new AbortController()];
    const lost = judge.answers.rate({ text: "long" }, old.signal).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);
    old.abort();
    const next = judge.answers.rate({ text: "quick" }, older.signal);
    await vi.advanceTimersByTimeAsync(PATIENCE - 1001);
    expect(Fake.all.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await lost).toMatchObject({ status: 422 });
    expect(Fake.all.map(({ ended }) => ended)).toEqual([true, false]);
    last().tell({ kind: "ready", lock: "" });
    expect(texts()).toEqual(["quick"]);
    older.abort();
    last().answer({ scores: [] }); // soon enough
    expect(await next).toEqual({ scores: [] });
    void rate("last");
    await vi.advanceTimersByTimeAsync(2 * PATIENCE);
    expect([Fake.all.length, texts()]).toEqual([2, ["quick", "last"]]);
  });

  it("says why it cannot start, and keeps the questions for when it can", async () => {
    const waiting = rate("1");
    await vi.advanceTimersByTimeAsync(SILENCE);
    expect(judge.state.value).toMatchObject({ stage: "absent", error: expect.stringContaining("within a minute") });
    judge.retry();
    last().tell({ kind: "absent", error: "stdlib.zip.gz does not come" });
    expect(judge.state.value).toMatchObject({ error: "The judge could not be loaded: stdlib.zip.gz does not come" });
    dispatchEvent(new Event("online"));
    last().onerror?.({ message: "", preventDefault() {} });
    expect(judge.state.value).toMatchObject({ error: expect.stringContaining("its script") });
    judge.retry();
    judge.retry();
    expect(Fake.all.length).toBe(4);
    last().tell({ kind: "ready", lock: "" });
    last().answer({ scores: [] });
    expect(await waiting).toEqual({ scores: [] });
  });

  it("is absent where there are no workers", () => {
    const none = startJudge(() => {
      throw new ReferenceError("Worker is not defined");
    });
    expect(none.state.value).toMatchObject({ stage: "absent", error: expect.stringContaining("Worker is not defined") });
  });

  it("refuses what a page cannot do", async () => {
    await expect(judge.answers.jobs()).rejects.toMatchObject({ status: 404 });
    await expect(judge.answers.cards()).resolves.toEqual({ cards: [], is_cut: false });
  });
});

describe("files of the judge", () => {
  const pack = (text: string): Promise<ArrayBuffer> =>
    new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

  it("are unpacked, also where the server has done so, and say how much has come", async () => {
    const packed = await pack("one");
    vi.stubGlobal("fetch", async (address: string) => {
      if (address.endsWith("c.gz")) return new Response("", { status: 404 });
      const body = address.endsWith("a.gz") ? packed : "two";
      const length = address.endsWith("a.gz") ? packed.byteLength : 3;
      return new Response(body, { headers: { "Content-Length": String(length) } });
    });
    const shares: number[] = [];
    const files = fetchPacked(["/p/a", "/p/b"], (share) => shares.push(share));
    expect(await Promise.all([...files.values()].map(async (file) => (await file).text()))).toEqual(["one", "two"]);
    expect(shares.at(-1)).toBe(1);
    await expect(fetchPacked(["/p/c"], () => {}).get("/p/c")).rejects.toThrow("c.gz was answered by 404");
    vi.unstubAllGlobals();
  });

  it("are read from a stored zip", () => {
    const zip = Uint8Array.from(atob(STORED), (letter) => letter.charCodeAt(0));
    const found = readZip(zip).map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]);
    expect(found).toEqual([["a/b.txt", "hello"], ["c", ""]]);
    expect(() => readZip(zip.subarray(0, 60))).toThrow("damaged");
  });
});

const STORED =
  "UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAACAAAAYS9QSwMEFAAAAAAAAAAhAIamEDYFAAAABQAAAAcAAABhL2IudHh0aGVsbG9QSwMEFAAAAA" +
  "AAAAAhAAAAAAAAAAAAAAAAAAEAAABjUEsBAhQDFAAAAAAAAAAhAAAAAAAAAAAAAAAAAAIAAAAAAAAAAAAAAIABAAAAAGEvUEsBAhQDFAAAAAAA" +
  "AAAhAIamEDYFAAAABQAAAAcAAAAAAAAAAAAAAIABIAAAAGEvYi50eHRQSwECFAMUAAAAAAAAACEAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAgA" +
  "FKAAAAY1BLBQYAAAAAAwADAJQAAABpAAAAAAA=";
