/* The report's script. The page is readable without it; with it, its islands come alive. */

import "./css/report.css";
import { startStudy } from "./study";
import { startTheme } from "./theme";

document.documentElement.classList.add("js-on");
startTheme();
if (document.querySelector('[data-island="table"]')) void startStudy();
