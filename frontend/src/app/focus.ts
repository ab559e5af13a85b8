/* Where the keyboard is while a view changes: what had the focus may go, the focus never does. */

const HEADINGS = "h1[tabindex], h2[tabindex], h3[tabindex]";

/** What had the focus in the view, and what it lies in, inner first. */
let path: readonly HTMLElement[] = [];

/** Give the focus to a view's title: at once, or when there is one. */
export function focusTitle(view: HTMLElement): void {
  const title = view.querySelector<HTMLElement>("h1");
  if (title) return title.focus();
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  path = [view];
}

/** Where what has the focus goes, the heading nearest to it has it then. */
export function keepFocus(view: HTMLElement): void {
  document.addEventListener("focusin", ({ target }) => {
    const around: HTMLElement[] = [];
    for (let at = target instanceof HTMLElement ? target : null; at && view.contains(at); at = at.parentElement) around.push(at);
    path = around;
  });
  new MutationObserver(() => {
    const isLost = document.activeElement === document.body && path.length > 0;
    if (!isLost || (path[0] !== view && path[0]?.isConnected)) return;
    for (const place of path) {
      const heading = place.isConnected ? place.querySelector<HTMLElement>(HEADINGS) : null;
      if (heading) return heading.focus({ preventScroll: true });
    }
  }).observe(view, { childList: true, subtree: true });
}
