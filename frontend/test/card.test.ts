import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { foundOf, readFiles } from "../src/app/card/dropped";
import type { RateAnswer } from "../src/app/api";
import { moved } from "../src/app/card/moved";
import { askNewest } from "../src/app/card/newest";
import { withAnswer } from "../src/app/card/useRating";

describe("askNewest", () => {
  const told: string[] = [];
  let answer: ((text: string) => void)[] = [];
  let refuse: ((error: Error) => void)[] = [];
  let signals: AbortSignal[] = [];
  const ask = (question: string, signal: AbortSignal): Promise<string> => new Promise((done, fail) => {
    asked.push(question);
    signals.push(signal);
    answer.push(done);
    refuse.push(fail);
  });
  let asked: string[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    [told.length, asked, answer, refuse, signals] = [0, [], [], [], []];
  });
  afterEach(() => void vi.useRealTimers());
  const start = (failed = vi.fn()) =>
    askNewest<string, string>(ask, (question, said) => told.push(`${question}: ${said}`), failed);

  it("asks one question at a time, the newest", async () => {
    const newest = start();
    newest.change("a");
    newest.change("ab");
    await vi.advanceTimersByTimeAsync(40);
    expect(asked).toEqual(["ab"]);
    newest.change("abc");
    newest.change("abcd");
    await vi.advanceTimersByTimeAsync(400);
    expect(asked).toEqual(["ab"]);
    answer[0]?.("1");
    await vi.advanceTimersByTimeAsync(0);
    expect([asked, told]).toEqual([["ab", "abcd"], ["ab: 1"]]);
  });

  it("says of a question that another is newer, and tells nobody that it failed then", async () => {
    const failed = vi.fn();
    const newest = start(failed);
    newest.change("a");
    await vi.advanceTimersByTimeAsync(40);
    expect(signals[0]?.aborted).toBe(false);
    newest.change("b");
    expect(signals[0]?.aborted).toBe(true);
    refuse[0]?.(new Error("cut off"));
    await vi.advanceTimersByTimeAsync(40);
    expect([asked, failed.mock.calls, signals[1]?.aborted]).toEqual([["a", "b"], [], false]);
  });

  it("tells nothing once it has stopped", async () => {
    const newest = start();
    newest.change("a");
    await vi.advanceTimersByTimeAsync(40);
    newest.stop();
    answer[0]?.("1");
    newest.change("b");
    await vi.advanceTimersByTimeAsync(5000);
    expect([told, asked]).toEqual([[], ["a"]]);
  });

  it("asks again what failed, later each time", async () => {
    const failed = vi.fn();
    start(failed).change("a");
    await vi.advanceTimersByTimeAsync(40);
    refuse[0]?.(new Error("gone"));
    await vi.advanceTimersByTimeAsync(1100);
    expect([asked.length, failed.mock.calls.length]).toEqual([2, 1]);
    refuse[1]?.(new Error("gone"));
    await vi.advanceTimersByTimeAsync(1100);
    expect(asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    answer[2]?.("1");
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["a: 1"]);
  });

  it("does not ask again what is wrong", async () => {
    askNewest<string, string>(ask, () => undefined, () => undefined, () => false).change("a");
    await vi.advanceTimersByTimeAsync(40);
    refuse[0]?.(new Error("no card"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(["a"]);
  });

  it("waits as long after a change as a slow answer took", async () => {
    const newest = start();
    newest.change("a");
    await vi.advanceTimersByTimeAsync(40);
    await vi.advanceTimersByTimeAsync(500);
    answer[0]?.("1");
    await vi.advanceTimersByTimeAsync(0);
    newest.change("b");
    await vi.advanceTimersByTimeAsync(400);
    expect(asked).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(["a", "b"]);
  });
});

describe("moved", () => {
  it.each([[3.14, 3.06, ""], [3.16, 3.14, "+0.1"], [2.0, 3.0, "−1.0"], [3, undefined, ""]])(
    "from %s, then %s: %j", (now, then, words) => expect(moved(now, then)).toBe(words));
});

describe("readFiles", () => {
  const file = (path: string, bytes: Uint8Array<ArrayBuffer> | string) => foundOf(path, new File([bytes], path));
  const sizes = (found: { files: { path: string; data: string }[] }) =>
    Object.fromEntries(found.files.map(({ path, data }) => [path, atob(data).length]));

  it("takes one file for the card, whatever its name", async () => {
    expect(await readFiles([file("notes.txt", "# Card")])).toEqual({ text: "# Card", files: [], note: "" });
    expect((await readFiles([file("notes.txt", "a\rb\r\nc")])).text).toBe("a\nb\r\nc"); // a line each
  });

  it("refuses what is no card, and says which", async () => {
    await expect(readFiles([file("pic.png", "\0")])).rejects.toThrow("There is no text in pic.png");
    await expect(readFiles([file("a.md", "x".repeat(200_001))])).rejects.toThrow("200,001 bytes are too long for a card: it has at most 200,000");
    await expect(readFiles([file("a.md", "\n".repeat(100_000))])).rejects.toThrow("There is no text in a.md");
    await expect(readFiles([])).rejects.toThrow("There is no file in it");
    expect((await readFiles([file("m/README.md", ""), file("m/config.json", "{}")])).files.length).toBe(2);
  });

  it("reads settings whole and of weights their header", async () => {
    const weights = new Uint8Array(500);
    weights[0] = 100; // length of the header, little-endian
    const found = await readFiles([
      file("m/README.md", "# Card"), file("m/config.json", "{}"), file("m/model.safetensors", weights),
      file("m/big.safetensors", new Uint8Array(20).fill(255)), file("m/tokenizer.json", "{}"), file("m/a.bin", new Uint8Array(50)),
      file("m/.git/config", "secret"), file("m/run.py", "x"), file("m/deep/README.md", "# Other"),
    ]);
    expect(found.text).toBe("# Card");
    expect(sizes(found)).toEqual({
      "README.md": 6, "config.json": 2, "model.safetensors": 108, "big.safetensors": 8, "tokenizer.json": 0, "a.bin": 8,
      "run.py": 0, "deep/README.md": 7,
    });
  });

  it("stops at 4 MB in all", async () => {
    const found = await readFiles([1, 2, 3, 4, 5].map((n) => file(`m/${n}.json`, "x".repeat(900_000))));
    expect(Object.values(sizes(found)).filter((size) => size > 0).length).toBe(4);
  });

  it("looks at what lies at the top of a large folder, and says so", async () => {
    const deep = Array.from({ length: 2500 }, (_, n) => file(`m/a/${n}.json`, "{}"));
    const found = await readFiles([...deep, file("m/README.md", "# Card")]);
    expect(found.text).toBe("# Card");
    expect(found.files.length).toBe(2000);
    expect(found.note).toBe("Of its 2,501 files, 2,000 are looked at.");
  });
});

describe("withAnswer", () => {
  const answer = (expected: number, gaps: string[]) => ({
    scores: [{ name: "overall", score: 3, expected, low: null, high: null }], gaps, evidence: [], findings: [], problems: [],
  }) as unknown as RateAnswer;

  it("takes numbers alone at once, and keeps what else was known of the earlier text", () => {
    const whole = withAnswer(null, { text: "a" }, answer(1, ["b"]));
    const next = withAnswer(whole, { text: "ab", detail: "short" }, answer(2, []));
    expect([next.text, next.of, next.answer.scores[0]!.expected, next.answer.gaps]).toEqual(["ab", "a", 2, ["b"]]);
    expect(withAnswer(null, { text: "a", detail: "short" }, answer(2, [])).of).toBe("");
  });
});
