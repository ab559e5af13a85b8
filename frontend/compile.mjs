/* Compile Python for the page by the Python that will run it: Pyodide's own.
   node compile.mjs FOLDER: reads FOLDER/cardiogram.zip, writes FOLDER/cardiogram.zip and FOLDER/stdlib.zip. */

import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const folder = process.argv[2];
const script = new URL("../tools/compile_modules.py", import.meta.url);
process.on("uncaughtException", ({ message }) => {
  console.error(message);
  process.exit(1);
});
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } }); // the same bytes each time
python.FS.writeFile("/cardiogram.zip", readFileSync(`${folder}/cardiogram.zip`));
python.runPython(readFileSync(script, "utf8"));
for (const name of ["cardiogram.zip", "stdlib.zip"]) {
  writeFileSync(`${folder}/${name}`, python.FS.readFile(`/made/${name}`));
}
