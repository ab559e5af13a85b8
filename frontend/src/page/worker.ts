/* The worker in which the judge lives: Python, our code, and one question after the other. */

import { bootJudge } from "./boot";
import type { Asked, Told } from "./messages";

const tell = (told: Told): void => postMessage(told);

try {
  const { answer, keep } = await bootJudge(new URL(PYTHON, self.location.href), (share) => tell({ kind: "share", share }));
  addEventListener("message", ({ data }: MessageEvent<Asked>) => {
    try {
      tell({ kind: "answer", id: data.id, answer: answer(data.path, data.question) });
    } catch (error) {
      tell({ kind: "broken", id: data.id, why: lastLine(error) });
    }
  });
  tell({ kind: "ready", lock: await holdLock() });
  await keep();
} catch (error) {
  tell({ kind: "absent", error: lastLine(error) });
}

async function holdLock(): Promise<string> {
  try {
    const name = crypto.randomUUID();
    await new Promise<void>((granted, fail) => {
      const held = new Promise<never>(() => {});
      navigator.locks.request(name, () => (granted(), held)).catch(fail);
    });
    return name;
  } catch {
    return ""; // an old browser, or an address that is not secure
  }
}

/** Of an error of Python's, which is a whole traceback, its last line. */
function lastLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.trim().split("\n").at(-1) ?? "";
}
