/* Two studies side by side: which two, and what the comparison says. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { visible } from "../../text";
import { useAnswers } from "../answers";
import type { StudySummary } from "../api";
import { addressOf, go } from "../route";
import { useAnswer } from "../useAnswer";
import { within } from "../within";

export function ComparisonForm({ studies }: { studies: readonly StudySummary[] }): JSX.Element {
  const byDay = [...studies].sort((a, b) => b.day.localeCompare(a.day));
  const [study, setStudy] = useState(byDay[0]?.name ?? "");
  const [earlier, setEarlier] = useState(byDay[1]?.name ?? "");
  return (
    <section>
      <h2>Compare two</h2>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          go("studies", within(study, earlier));
        }}
      >
        <Choice label="Study" studies={studies} value={study} onChoose={setStudy} />
        <Choice label="with the earlier one" studies={studies} value={earlier} onChoose={setEarlier} />
        <button type="submit" class="main" disabled={study === earlier}>Compare</button>
      </form>
    </section>
  );
}

interface ChoiceProps {
  label: string;
  studies: readonly StudySummary[];
  value: string;
  onChoose(name: string): void;
}

function Choice({ label, studies, value, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {studies.map(({ name }) => <option key={name} value={name}>{visible(name)}</option>)}
      </select>
    </label>
  );
}

export function Comparison({ study, earlier }: { study: string; earlier: string }): JSX.Element {
  const answers = useAnswers();
  const place = useRef<HTMLDivElement>(null);
  const [answer, wrong] = useAnswer((signal) => answers.compareStudies({ study, earlier }, signal));
  const markup = answer?.markup ?? null;
  useEffect(() => {
    const title = place.current?.querySelector<HTMLElement>("h1");
    if (title) title.tabIndex = -1;
    title?.focus();
  }, [markup]);
  return (
    <div class="studies">
      <nav class="leaf-bar" aria-label="Studies"><a href={addressOf("studies")}>All studies</a></nav>
      {markup === null && <h1 tabIndex={-1}>{visible(study)} and {visible(earlier)}</h1>}
      {wrong && <p role="alert" class="wrong">{wrong}</p>}
      {!wrong && markup === null && <p class="quiet" role="status">Comparing …</p>}
      {markup !== null && <div ref={place} dangerouslySetInnerHTML={{ __html: markup }} />}
    </div>
  );
}
