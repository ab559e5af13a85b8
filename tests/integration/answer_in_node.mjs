/* Answer questions as the page does, by the page's own files: node answer_in_node.mjs FOLDER.
   FOLDER has Pyodide unpacked. Each line of the input is [path, question]; each of the output is an answer. */

import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

process.on("uncaughtException", ({ message }) => {
  console.error(message); // without the line of a megabyte in which it happened
  process.exit(1);
});
const folder = process.argv[2];
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const lockFileContents = { info: { abi_version: "2026_0" }, packages: {} };
const python = await loadPyodide({ stdLibURL: `${folder}/stdlib.zip`, lockFileContents });
python.unpackArchive(new Uint8Array(readFileSync(`${folder}/cardiogram.zip`)), "zip", { extractDir: "/judge" });
python.runPython("import sys; sys.path.insert(0, '/judge')");
const { answer } = python.pyimport("cardiogram.app.in_page");
for await (const line of createInterface({ input: process.stdin })) {
  const [path, question] = JSON.parse(line);
  writeSync(1, `${JSON.stringify(answer(path, question))}\n`);
}
