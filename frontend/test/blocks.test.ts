import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cached, fromBase64, readBlock } from "../src/data/blocks";

afterEach(() => {
  document.body.replaceChildren();
  delete document.documentElement.dataset.blocks;
  vi.unstubAllGlobals();
});

function embed(name: string, value: unknown): void {
  const script = document.createElement("script");
  script.type = "application/octet-stream";
  script.id = `block-${name}`;
  script.textContent = gzipSync(JSON.stringify(value)).toString("base64");
  document.body.append(script);
}

describe("readBlock", () => {
  it("reads what stands in the page", async () => {
    embed("table", { text: "</script>\u202e é 你" });
    expect(await readBlock("table")).toEqual({ text: "</script>\u202e é 你" });
  });

  it("asks the app for what does not", async () => {
    const ask = vi.fn(() => Promise.resolve(new Response(gzipSync("[1]"))));
    vi.stubGlobal("fetch", ask);
    await expect(readBlock("texts-3")).rejects.toThrow("no block texts-3");
    expect(ask).not.toHaveBeenCalled(); // a file asks for nothing
    document.documentElement.dataset.blocks = "data/abc/";
    expect(await readBlock("texts-3")).toEqual([1]);
    expect(ask).toHaveBeenCalledWith("data/abc/texts-3");
  });

  it("says so where there is none, and asks again the next time", async () => {
    const ask = vi.fn(() => Promise.resolve(new Response("", { status: 404 })));
    vi.stubGlobal("fetch", ask);
    document.documentElement.dataset.blocks = "data/abc/";
    const read = cached();
    await expect(read("facts-0")).rejects.toThrow("no block facts-0");
    await Promise.resolve();
    ask.mockResolvedValue(new Response(gzipSync("[2]")));
    expect(await read("facts-0")).toEqual([2]);
    expect(await read("facts-0")).toEqual([2]);
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

it("decodes base64 byte by byte", () => {
  expect([...fromBase64("AP/+")]).toEqual([0, 255, 254]);
});
