/* Light and dark: as the system has it, until the button says otherwise. */

import { signal } from "@preact/signals";

/** Counts the changes of theme, for those who draw with its colours. */
export const themeChanges = signal(0);

export function startTheme(): void {
  const button = document.getElementById("theme");
  if (!button) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const tell = (dark: boolean): void => {
    button.setAttribute("aria-pressed", String(dark));
    themeChanges.value += 1;
  };
  tell(system.matches);
  system.addEventListener("change", () => {
    if (!root.dataset.theme) tell(system.matches);
  });
  button.addEventListener("click", () => {
    const dark = button.getAttribute("aria-pressed") !== "true";
    root.dataset.theme = dark ? "dark" : "light";
    tell(dark);
  });
  button.hidden = false;
}
