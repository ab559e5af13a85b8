/* Where is my card? A model of the study is opened; any other card is placed among them. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { explain, useAnswers } from "../app/answers";
import type { PlacedCard } from "../app/api";
import { atHand, held } from "../app/atHand";
import type { Places, Table } from "../data/table";
import type { Store } from "../store";
import { number, sentence, visible } from "../text";

interface Props {
  store: Store;
  places: Places;
  study: string;
}

export function Whereabouts({ store, places, study }: Props): JSX.Element {
  const answers = useAnswers();
  const [target, setTarget] = useState("");
  const [placed, setPlaced] = useState<{ card: PlacedCard; name: string } | null>(null);
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const own = atHand.value;

  const start = (words: string): void => {
    setSaid(words);
    setWrong("");
    setPlaced(null);
    store.spot.value = null;
  };
  const place = async (text: string, id: string, name: string): Promise<void> => {
    start("Placing …");
    try {
      const card = await answers.place({ study, text, id });
      setPlaced({ card, name });
      store.spot.value = spotOf(places, card);
      setSaid("");
    } catch (error) {
      setSaid("");
      setWrong(explain(error));
    }
  };
  const find = async (): Promise<void> => {
    const row = rowOf(store.table, target);
    if (row !== null) {
      start(`${visible(store.table.id[row] ?? "")} is in the study: it has the ring.`);
      store.open(row);
      return;
    }
    start("Reading the card …");
    try {
      const card = held(await answers.open({ target: target.trim() }));
      await place(card.text, card.id, card.id || target.trim());
    } catch (error) {
      setSaid("");
      setWrong(explain(error));
    }
  };

  return (
    <details class="whereabouts">
      <summary>Where is my card?</summary>
      <div>
        <form
          class="controls"
          onSubmit={(event) => {
            event.preventDefault();
            void find();
          }}
        >
          <label class="grow">
            Id, address or folder
            <input type="text" autocomplete="off" autocapitalize="none" spellcheck={false} placeholder="OWNER/NAME"
              value={target} onInput={(event) => setTarget(event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={!target.trim()}>Show it</button>
          {own.text.trim() && (
            <button type="button" onClick={() => void place(own.text, own.id, own.id || "The card at hand")}>
              Show the card at hand
            </button>
          )}
        </form>
        <div role="status">
          {said && <p class="quiet">{said}</p>}
          {wrong && <p class="wrong">{wrong}</p>}
          {placed && <Standing name={placed.name} card={placed.card} hub={store.table.hub} />}
        </div>
      </div>
    </details>
  );
}

function Standing({ name, card, hub }: { name: string; card: PlacedCard; hub: string | null }): JSX.Element {
  const { near } = card;
  const task = card.task ? `${card.task} cards` : "cards";
  return (
    <>
      <p>
        <strong>{visible(name)}</strong> is rated {card.rating.toFixed(1)}: {number(card.above)} of the{" "}
        {number(card.among)} {visible(task)} here are rated lower.{" "}
        {card.segment !== null
          ? <>It lies among the {visible(card.segment)}{rank(card)}; the cross on the map is its place.</>
          : <>{sentence(card.reason)}{card.x !== null && " The cross on the map is its place."}</>}
      </p>
      {near && (
        <p>
          A good one near it: <Model id={near.id} hub={hub} />, rated {near.rating.toFixed(1)}
          {near.criteria.length > 0 && `; look at its ${near.criteria.join(" and ")}`}.
        </p>
      )}
    </>
  );
}

function Model({ id, hub }: { id: string; hub: string | null }): JSX.Element {
  if (!hub || !/^https?:\/\//.test(hub) || !/^[\w.-]+(\/[\w.-]+)?$/.test(id)) return <bdi>{visible(id)}</bdi>;
  return <a href={`${hub}/${id}`} target="_blank" rel="noopener noreferrer">{id}</a>;
}

function rank(card: PlacedCard): string {
  return card.rank === null ? "" : `, ${number(card.rank)} of ${number(card.of)} by rating`;
}

/** The row of a model by its id or the address of its page, whatever the case of its letters. */
export function rowOf(table: Pick<Table, "id">, target: string): number | null {
  const wanted = target.trim().replace(/^https?:\/\/[^/]+\//, "").replace(/\/+$/, "").toLowerCase();
  const row = table.id.findIndex((id) => id.toLowerCase() === wanted);
  return row < 0 || !wanted ? null : row;
}

/** A place of the study's map in the map's own measure; null where there is none. */
export function spotOf(places: Pick<Places, "grid">, card: Pick<PlacedCard, "x" | "y">): readonly [number, number] | null {
  if (card.x === null || card.y === null) return null;
  const [left, top, scale] = places.grid;
  return [(card.x - left) * scale, (card.y - top) * scale];
}
