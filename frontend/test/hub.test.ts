import { afterEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../src/app/answers";
import { readAddress, readFromHub } from "../src/page/hub";

describe("readAddress", () => {
  it.each([
    ["acme/otter", { id: "acme/otter", of: "model", revision: "main" }],
    ["gpt2", { id: "gpt2", of: "model", revision: "main" }],
    ["https://huggingface.co/acme/otter/blob/v1/README.md?x=1#usage", { id: "acme/otter", of: "model", revision: "v1" }],
    ["hf.co/datasets/acme/pond/tree/main/data", { id: "acme/pond", of: "dataset", revision: "main" }],
    ["https://huggingface.co/gpt2/resolve/abc/README.md", { id: "gpt2", of: "model", revision: "abc" }],
    ["https://huggingface.co/acme/otter/discussions/3", { id: "acme/otter", of: "model", revision: "main" }],
    ["https://huggingface.co/spaces/acme/demo", null],
    ["https://example.org/acme/otter", null],
    ["./README.md", null],
    ["../../etc", null],
    ["", null],
  ])("%s", (target, address) => expect(readAddress(target)).toEqual(address));
});

describe("readFromHub", () => {
  const asked: { address: string; range: string | null }[] = [];
  const hub = (answers: Record<string, () => Response | Promise<Response>>): void => {
    asked.length = 0;
    vi.stubGlobal("fetch", async (address: string, request: RequestInit) => {
      expect([request.credentials, request.referrerPolicy]).toEqual(["omit", "no-referrer"]);
      asked.push({ address, range: new Headers(request.headers).get("Range") });
      const path = Object.keys(answers).find((each) => address.endsWith(each));
      return path ? answers[path]!() : new Response("", { status: 404 });
    });
  };
  const listed = (siblings: object[]): Response => Response.json({ id: "acme/otter", sha: "c0ffee", siblings });
  afterEach(() => void vi.unstubAllGlobals());

  it("reads the card, settings whole and of weights their first bytes", async () => {
    const weights = new Uint8Array(5000);
    weights[0] = 10;
    hub({
      "/api/models/acme/otter/revision/main?blobs=true": () => listed([
        { rfilename: "README.md", size: 6 }, { rfilename: "config.json", size: 2 }, { rfilename: "model.safetensors", size: 5000 },
        { rfilename: "deep/extra.json", size: 2 }, { rfilename: 7, size: "x" },
      ]),
      "/README.md": () => new Response("# Card"),
      "/config.json": () => new Response("{}"),
      "/model.safetensors": () => new Response(weights), // a server that knows no ranges
    });
    const card = await readFromHub("https://huggingface.co/acme/otter");
    expect([card.text, card.id, card.source, card.revision]).toEqual(["# Card", "acme/otter", "hub", "c0ffee"]);
    expect(card.files!.map(({ path, size, data }) => [path, size, atob(data ?? "").length])).toEqual([
      ["config.json", 2, 2], ["README.md", 6, 6], ["model.safetensors", 5000, 18], ["deep/extra.json", 2, 0],
    ]);
    expect(asked.filter(({ range }) => range).map(({ range }) => range)).toEqual(["bytes=0-7", "bytes=0-17"]);
    expect(asked.every(({ address }) => address.startsWith("https://huggingface.co/"))).toBe(true);
  });

  it("asks for a bounded number of files", async () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({ rfilename: `${n}.json`, size: 2 }));
    hub({ "?blobs=true": () => listed([...many, { rfilename: "README.md", size: 6 }]), "/README.md": () => new Response("# Card") });
    expect((await readFromHub("acme/otter")).text).toBe("# Card");
    expect(asked.length).toBeLessThan(90);
  });

  it("says that nobody is online, without an address that cannot be opened", async () => {
    hub({ "?blobs=true": () => Promise.reject(new TypeError("Failed to fetch")) });
    vi.stubGlobal("navigator", { onLine: false });
    await expect(readFromHub("acme/otter")).rejects.toMatchObject({ message: expect.stringContaining("offline"), address: "" });
  });

  it.each<[string, () => Response | Promise<Response>, string, number]>([
    ["nothing is heard", () => Promise.reject(new TypeError("Failed to fetch")), "could not be read", 403],
    ["there is no such model", () => new Response("", { status: 401 }), "shows nobody", 404],
    ["it is gated", () => new Response("", { status: 403 }), "logged in", 403],
    ["it was asked too much", () => new Response("", { status: 429 }), "too much", 429],
    ["the answer is none", () => new Response("<html>"), "could not be read", 403],
  ])("where %s, it says what to do", async (_, answer, words, status) => {
    hub({ "?blobs=true": answer });
    const refusal = await readFromHub("acme/otter").catch((error: unknown) => error as Refusal);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).message).toContain(words);
    expect((refusal as Refusal).status).toBe(status);
    if (status !== 404) expect((refusal as Refusal).address).toBe("https://huggingface.co/acme/otter/raw/main/README.md");
  });
});
