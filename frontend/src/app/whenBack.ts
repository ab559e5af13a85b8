/* A part of the page that could not be loaded, because the app was away. */

import { isAway, type Answers } from "./answers";

/** How often an app that is away is looked for, in milliseconds. */
const PAUSE = 1000;

/** Begin the page anew once the app is back: a script that failed to load fails again in the same
    page, and what is typed outlives it. Nothing where the app answers: then it is another one. */
export function startAgainWhenBack(answers: Answers): () => void {
  let isWanted = true;
  let timer = 0;
  const look = async (wasAway: boolean): Promise<void> => {
    const away = await answers.cards().then(() => false, isAway);
    if (!isWanted) return;
    if (away) timer = window.setTimeout(() => void look(true), PAUSE);
    else if (wasAway) location.reload();
  };
  void look(false);
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
}
