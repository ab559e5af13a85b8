/* Where the reader is: `#view` or `#view/about`. */

import { signal } from "@preact/signals";

export const VIEWS = ["card", "improve", "work", "read", "studies", "time", "jobs"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  view: ViewName;
  about: string;
}

/** Read an address; one that names no view (a skip link) is none. */
export function readRoute(hash: string): Route | null {
  const [name, ...behind] = hash.replace(/^#/, "").split("/");
  const view = VIEWS.find((each) => each === name);
  if (view === undefined) return null;
  try {
    return { view, about: behind.map(decodeURIComponent).join("/") };
  } catch {
    return { view, about: "" };
  }
}

export function addressOf(view: ViewName, about = ""): string {
  const path = about.split("/").map(encodeURIComponent).join("/");
  return about ? `#${view}/${path}` : `#${view}`;
}

export const route = signal<Route>(readRoute(location.hash) ?? { view: "card", about: "" });

/** Go to a view. */
export function go(view: ViewName, about = ""): void {
  location.hash = addressOf(view, about);
}

/** Go on under an address that takes the place of this one. */
export function replace(view: ViewName, about = ""): void {
  location.replace(addressOf(view, about));
}

export function startRouting(): () => void {
  const onChange = (): void => {
    route.value = readRoute(location.hash) ?? route.value;
  };
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}
