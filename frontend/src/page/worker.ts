/* The worker in which the judge lives. */

import type { Told } from "./messages";

postMessage({ kind: "absent", error: "there is none yet", hint: "" } satisfies Told);
