/* All models: search, filters, columns to choose, the grid, and a plain table for paper. */

import { signal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { asksForAll, EVERYTHING } from "../data/query";
import type { Store } from "../store";
import { number, visible } from "../text";
import type { Column } from "./columns";
import { csvText, saveCsv } from "./csv";
import { fitColumns, useWidth } from "./fit";
import { Grid } from "./Grid";

const PRINTED = 500;
const printing = signal(false);

export function TableView({ store }: { store: Store }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const columns = fitColumns(store.columns, chosen, width);

  useEffect(() => {
    const before = (): void => { printing.value = true; };
    const after = (): void => { printing.value = false; };
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);

  return (
    <div ref={frame}>
      <Filters store={store} />
      <div class="table-tools">
        <Count store={store} />
        <ColumnMenu all={store.columns} shown={columns} onChoose={setChosen} />
        <button
          type="button"
          onClick={() =>
            saveCsv("models.csv", csvText(store.table, store.columns, store.rows.value))}
        >
          Save as CSV
        </button>
      </div>
      <Grid store={store} columns={columns} />
      {printing.value && <Paper store={store} columns={columns} />}
    </div>
  );
}

function Filters({ store }: { store: Store }): JSX.Element {
  const query = store.query.value;
  const { table } = store;
  const ratings = [1, 2, 3, 4, 5];
  return (
    <form class="controls" role="search" onSubmit={(event) => event.preventDefault()}>
      <label class="grow">
        Search
        <input
          type="search"
          id="search"
          placeholder="id, task or library"
          autocomplete="off"
          spellcheck={false}
          value={query.words}
          onInput={(event) => store.ask({ words: event.currentTarget.value })}
        />
      </label>
      <Choice id="lowest" label="Rating from" options={ratings} value={query.lowest || ""}
        onChoose={(value) => store.ask({ lowest: Number(value) })} />
      <Choice id="highest" label="to" options={ratings} value={query.highest || ""}
        onChoose={(value) => store.ask({ highest: Number(value) })} />
      <Choice id="task" label="Task" options={[...table.task.names].sort()} value={query.task}
        onChoose={(task) => store.ask({ task })} />
      {table.map && table.map.segments.length > 0 && (
        <Choice id="segment" label="Segment" options={table.map.segment.names}
          value={query.segment} onChoose={(segment) => store.ask({ segment })} />
      )}
    </form>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  options: readonly (string | number)[];
  value: string | number;
  onChoose(value: string): void;
}

function Choice({ id, label, options, value, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">any</option>
        {options.map((option) => (
          <option key={option} value={option}>{visible(String(option))}</option>
        ))}
      </select>
    </label>
  );
}

function Count({ store }: { store: Store }): JSX.Element {
  const shown = store.rows.value.length;
  const all = store.table.rows;
  const some = shown === all ? "" : ` of ${number(all)}`;
  return (
    <div class="count">
      <output id="count">{`${number(shown)}${some} models`}</output>
      {store.query.value.chosen && <span class="quiet"> chosen on the map</span>}
      {!asksForAll(store.query.value) && (
        <button type="button" class="plain" onClick={() => { store.query.value = EVERYTHING; }}>
          Show all
        </button>
      )}
    </div>
  );
}

interface MenuProps {
  all: readonly Column[];
  shown: readonly Column[];
  onChoose(keys: ReadonlySet<string> | null): void;
}

function ColumnMenu({ all, shown, onChoose }: MenuProps): JSX.Element {
  const keys = new Set(shown.map((column) => column.key));
  const toggle = (key: string): void => {
    const next = new Set(keys);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  return (
    <details class="menu" onKeyDown={closeOnEscape}>
      <summary role="button">Columns</summary>
      <fieldset>
        <legend class="unseen">Columns to show</legend>
        {all.filter((column) => column.key !== "id").map((column) => (
          <label key={column.key}>
            <input
              type="checkbox"
              checked={keys.has(column.key)}
              onChange={() => toggle(column.key)}
            />
            {column.title}
          </label>
        ))}
        <button type="button" class="plain" onClick={() => onChoose(null)}>As many as fit</button>
      </fieldset>
    </details>
  );
}

function closeOnEscape(event: TargetedKeyboardEvent<HTMLDetailsElement>): void {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary")?.focus();
}

/** Paper does not scroll: the first rows as a plain table, and how many are not there. */
function Paper({ store, columns }: { store: Store; columns: readonly Column[] }): JSX.Element {
  const rows = [...store.rows.value.subarray(0, PRINTED)];
  const more = store.rows.value.length - rows.length;
  return (
    <div class="paper">
      <table>
        <thead>
          <tr>{columns.map(({ key, title, align }) => <th key={key} class={align}>{title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              {columns.map((column) => (
                <td key={column.key} class={column.align}>{column.cell(store.table, row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="quiet">{number(more)} more models are not printed.</p>}
    </div>
  );
}
