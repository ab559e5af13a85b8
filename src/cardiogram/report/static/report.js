// @ts-check
/* The report's table and card viewer. The page is readable without this script; with it, all
   models can be sorted, searched and opened. Text of a card only ever becomes a text node. */
"use strict";
(() => {
  /**
   * @typedef {[score: number|null, expected: number|null, low: number|null, high: number|null]} Score
   * @typedef {[criterion: string, fact: string, first: number|null, last: number|null,
   *   effect: number|null]} Evidence
   * @typedef {{id: string, author: string, downloads: number|null, likes: number|null,
   *   pipeline_tag: string|null, library_name: string|null, created_at: string|null,
   *   gated: string|null, scores: Score[], problems: string[], evidence: Evidence[],
   *   text: number|null, index: number, words: string}} Model
   * @typedef {{hub: string|null, scores: string[], questions: Record<string, string>,
   *   columns: string[], models: any[][], texts: [text: string, bytes: number, cut: boolean][]}} Payload
   */

  // Document -------------------------------------------------------------------------------------

  /** @param {string} id @returns {any} */
  const byId = (id) => document.getElementById(id);

  /** SVG's namespace, from a drawing of the page. */
  const SVG = /** @type {Element} */ (document.querySelector("svg")).namespaceURI;

  const HIDDEN =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

  /** Show the controls that reorder or hide text. @param {string} text */
  const visible = (text) =>
    text.replace(HIDDEN, (c) => `⟦U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);

  /**
   * Give an element its attributes and children; a string becomes a text node, never HTML.
   * @template {Element} T
   * @param {T} node
   * @param {Record<string, string|number|boolean|null|undefined>} attributes
   * @param {(Node|string|number|null|undefined)[]} children
   * @returns {T}
   */
  const fill = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      node.setAttribute(key, value === true ? "" : visible(String(value)));
    }
    for (const child of children) {
      if (child === null || child === undefined) continue;
      node.append(child instanceof Node ? child : visible(String(child)));
    }
    return node;
  };

  /** @param {string} name @param {Record<string, any>} [attributes] @param {...any} children */
  const h = (name, attributes = {}, ...children) =>
    fill(document.createElement(name), attributes, children);

  /** @param {string} name @param {Record<string, any>} [attributes] @param {...any} children */
  const s = (name, attributes = {}, ...children) =>
    fill(document.createElementNS(SVG, name), attributes, children);

  /** @param {number|null} value */
  const number = (value) => (value === null ? "–" : value.toLocaleString("en-US"));

  /** @param {number|null} value */
  const signed = (value) =>
    value === null ? "–" : (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

  // Data -----------------------------------------------------------------------------------------

  /** @type {Payload} */
  const payload = JSON.parse(byId("payload").textContent);
  const [OVERALL, ...CRITERIA] = payload.scores;

  /** @type {Model[]} */
  const models = payload.models.map((row, index) => {
    const model = Object.fromEntries(payload.columns.map((name, i) => [name, row[i]]));
    const words = [model.id, model.pipeline_tag, model.library_name].join(" ").toLowerCase();
    return /** @type {Model} */ ({ ...model, index, words });
  });

  /** @param {Model} model */
  const overall = (model) => (model.scores.length ? model.scores[0] : null);

  /** The model's page on the Hub, or null where the id is not one of the Hub's. @param {Model} model */
  const link = (model) => {
    if (!payload.hub || !/^https?:\/\//.test(payload.hub)) return null;
    if (!/^[\w.-]+(\/[\w.-]+)?$/.test(model.id)) return null;
    return `${payload.hub}/${model.id.split("/").map(encodeURIComponent).join("/")}`;
  };

  // Small drawings -------------------------------------------------------------------------------

  /** @param {number} rating */
  const place = (rating) => 4 + 16 * (Math.min(Math.max(rating, 1), 5) - 1);

  /** A score's interval and expectation on the scale 1 to 5. @param {Score} score */
  const range = ([, expected, low, high]) => {
    if (expected === null || low === null || high === null) return null;
    const label = `between ${low.toFixed(1)} and ${high.toFixed(1)}`;
    return s("svg", { viewBox: "0 0 72 12", class: "mini range", role: "img", "aria-label": label },
      s("line", { x1: 4, x2: 68, y1: 6, y2: 6, class: "track" }),
      s("line", { x1: place(low), x2: place(high), y1: 6, y2: 6, class: "thick" }),
      s("circle", { cx: place(expected), cy: 6, r: 3.5 }));
  };

  /** The same, wider, as a bar from 1. @param {Score} score */
  const gauge = ([value, expected, low, high]) => {
    const at = (/** @type {number} */ rating) => 2 + 49 * (Math.min(Math.max(rating, 1), 5) - 1);
    const end = at(expected ?? value ?? 1);
    const whisker = low === null || high === null ? [] : ["halo", "thin"].map(
      (name) => s("line", { x1: at(low), x2: at(high), y1: 7, y2: 7, class: name }));
    return s("svg", { viewBox: "0 0 200 14", preserveAspectRatio: "none", "aria-hidden": "true" },
      s("line", { x1: 2, x2: 198, y1: 7, y2: 7, class: "track" }),
      s("rect", { x: 0, y: 2, width: Math.max(end, 4), height: 10, rx: 2, class: `f${value}` }),
      ...whisker);
  };

  /** @param {Model} model */
  const cells = (model) => {
    if (!model.scores.length) return null;
    const label = CRITERIA.map((name, i) => `${name} ${model.scores[i + 1][0]}`).join(", ");
    return h("span", { class: "cells", role: "img", "aria-label": label, title: label },
      ...model.scores.slice(1).map((score) => h("span", { class: `s${score[0]}` })));
  };

  // Table ----------------------------------------------------------------------------------------

  const PAGE = 25;

  /** What a column is sorted by; null always goes last. @type {Record<string, (m: Model) => any>} */
  const SORTS = {
    id: (m) => m.id.toLowerCase(),
    overall: (m) => overall(m) && (overall(m)?.[1] ?? overall(m)?.[0]),
    criteria: (m) => (m.scores.length ? m.scores.slice(1).reduce((t, x) => t + (x[0] ?? 0), 0) : null),
    downloads: (m) => m.downloads,
    likes: (m) => m.likes,
    task: (m) => m.pipeline_tag,
    library: (m) => m.library_name,
    created: (m) => m.created_at,
  };
  const NUMERIC = new Set(["overall", "criteria", "downloads", "likes", "created"]);

  const view = { sort: "", down: true, page: 0, rows: models };

  const filtered = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const low = Number(byId("lowest").value || 0);
    const high = Number(byId("highest").value || 9);
    const task = byId("task").value;
    return models.filter((model) => {
      const rating = overall(model)?.[0] ?? null;
      if ((low > 0 || high < 9) && (rating === null || rating < low || rating > high)) return false;
      if (task && model.pipeline_tag !== task) return false;
      return words.every((/** @type {string} */ word) => model.words.includes(word));
    });
  };

  /** @param {Model[]} rows */
  const sorted = (rows) => {
    if (!view.sort) return rows;
    const sign = view.down ? -1 : 1;
    return rows
      .map((model) => ({ model, value: SORTS[view.sort](model) ?? null }))
      .sort((a, b) => {
        if (a.value === null || b.value === null) {
          return Number(a.value === null) - Number(b.value === null) || a.model.index - b.model.index;
        }
        const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
        return sign * order || a.model.index - b.model.index;
      })
      .map((entry) => entry.model);
  };

  /** @param {Model} model */
  const tableRow = (model) => {
    const score = overall(model);
    const opener = h("button", { type: "button", "aria-haspopup": "dialog" }, h("bdi", {}, model.id));
    const rating = score
      ? [h("span", { class: `chip s${score[0]}` }, score[0]), range(score)]
      : [h("span", { class: "quiet" }, "not rated")];
    return h("tr", { "data-i": model.index },
      h("td", { class: "id" }, opener),
      h("td", { class: "rating" }, ...rating),
      h("td", { class: "criteria" }, cells(model)),
      h("td", { class: "number" }, number(model.downloads)),
      h("td", { class: "number" }, number(model.likes)),
      h("td", { class: "task" }, model.pipeline_tag || "–"),
      h("td", { class: "library" }, model.library_name || "–"),
      h("td", { class: "created" }, model.created_at || "–"));
  };

  const pageCount = () => Math.max(Math.ceil(view.rows.length / PAGE), 1);

  const drawPage = () => {
    const start = view.page * PAGE;
    byId("rows").replaceChildren(...view.rows.slice(start, start + PAGE).map(tableRow));
    byId("page").textContent = `Page ${view.page + 1} of ${pageCount()}`;
    byId("previous").disabled = view.page === 0;
    byId("next").disabled = view.page >= pageCount() - 1;
  };

  const draw = () => {
    view.rows = sorted(filtered());
    view.page = 0;
    const some = view.rows.length === models.length ? "" : ` of ${number(models.length)}`;
    byId("count").textContent = `${number(view.rows.length)}${some} models`;
    drawPage();
  };

  /** @param {HTMLElement} head */
  const sortBy = (head) => {
    const key = head.dataset.key ?? "";
    view.down = view.sort === key ? !view.down : NUMERIC.has(key);
    view.sort = key;
    for (const other of document.querySelectorAll("#table th[aria-sort]")) {
      other.removeAttribute("aria-sort");
    }
    head.setAttribute("aria-sort", view.down ? "descending" : "ascending");
    draw();
  };

  /** @param {number} step */
  const turn = (step) => {
    view.page = Math.min(Math.max(view.page + step, 0), pageCount() - 1);
    drawPage();
  };

  const startTable = () => {
    for (const head of /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll("#table th[data-key]"))) {
      const button = h("button", { type: "button" }, head.textContent);
      button.addEventListener("click", () => sortBy(head));
      head.replaceChildren(button);
    }
    const previous = h("button", { type: "button", id: "previous" }, "Previous");
    const next = h("button", { type: "button", id: "next" }, "Next");
    previous.addEventListener("click", () => turn(-1));
    next.addEventListener("click", () => turn(1));
    byId("pages").append(previous, h("span", { id: "page", "aria-live": "polite" }), next);
    const form = /** @type {HTMLFormElement} */ (document.querySelector(".controls"));
    form.addEventListener("input", draw);
    form.addEventListener("submit", (event) => event.preventDefault());
    byId("rows").addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const row = /** @type {Element} */ (event.target).closest("tr");
      if (row) open(Number(row.dataset.i));
    });
    draw();
  };

  // Card viewer ----------------------------------------------------------------------------------

  /** @type {number} */
  let shown = 0;

  /** @param {Model} model */
  const scoreTable = (model) => {
    const rows = payload.scores.map((name, i) => {
      const [value, , low, high] = model.scores[i];
      const between = low === null || high === null ? "" : `${low.toFixed(1)}–${high.toFixed(1)}`;
      return h("tr", { class: name === OVERALL ? "overall" : null },
        h("th", { scope: "row", title: payload.questions[name] },
          name[0].toUpperCase() + name.slice(1)),
        h("td", { class: "gauge" }, gauge(model.scores[i])),
        h("td", { class: "number" }, h("span", { class: `chip s${value}` }, value ?? "–")),
        h("td", { class: "number quiet" }, between));
    });
    const head = h("tr", {}, ...["Score", "1 to 5", "", "Interval"].map(
      (text, i) => h("th", { scope: "col", class: i > 1 ? "number" : null }, text)));
    return h("table", { class: "scores" }, h("thead", {}, head), h("tbody", {}, ...rows));
  };

  /** @param {number} first @param {number} last */
  const mark = (first, last) => {
    const lines = byId("source")?.children ?? [];
    for (const line of byId("viewer").querySelectorAll(".marked")) line.classList.remove("marked");
    for (let i = first; i <= last && i <= lines.length; i += 1) lines[i - 1].classList.add("marked");
    lines[first - 1]?.scrollIntoView({ block: "center" });
  };

  /** @param {Evidence} evidence */
  const fact = ([criterion, words, first, last, effect]) => {
    const end = last ?? first;
    const place = first ? h("button", { type: "button" },
      first === end ? `line ${first}` : `lines ${first}–${end}`) : null;
    place?.addEventListener("click", () => mark(first ?? 1, end ?? 1));
    return h("li", {},
      h("span", { class: "number effect" }, signed(effect)),
      h("span", {}, words, h("span", { class: "sub" }, criterion, place ? ", " : null, place)));
  };

  /** @param {Model} model @returns {Node[]} */
  const source = (model) => {
    const found = model.text === null ? null : payload.texts[model.text];
    if (!found) return [h("p", { class: "quiet" }, "This file does not hold the text of this card.")];
    const [text, bytes, cut] = found;
    if (!text.trim()) return [h("p", { class: "quiet" }, "The card has no text.")];
    const list = h("ol", { class: "source", id: "source", tabindex: 0, "aria-label": "Source" },
      ...text.split("\n").map((line) => h("li", {}, h("span", {}, line))));
    const end = cut ? h("p", { class: "quiet" }, `Cut here: the card has ${number(bytes)} bytes.`) : null;
    return end ? [list, end] : [list];
  };

  /** @param {Model} model @returns {(Node|null)[]} */
  const card = (model) => {
    const about = [
      `${number(model.downloads)} downloads`, `${number(model.likes)} likes`, model.pipeline_tag,
      model.library_name, model.created_at && `created ${model.created_at}`,
      model.gated && !["false", "False"].includes(model.gated) ? "gated" : null,
    ].filter(Boolean).join(" · ");
    const address = link(model);
    const facts = [...model.evidence].sort((a, b) => Math.abs(b[4] ?? 0) - Math.abs(a[4] ?? 0));
    return [
      h("h2", { id: "viewer-title", tabindex: -1 }, h("bdi", {}, model.id)),
      h("p", { class: "quiet" }, about),
      address ? h("p", {}, h("a", { href: address, target: "_blank", rel: "noopener noreferrer" },
        "Open the model’s page")) : null,
      model.scores.length ? scoreTable(model) : h("p", {}, "This card was not rated."),
      model.problems.length ? h("h3", {}, "Problems") : null,
      model.problems.length ? h("ul", {}, ...model.problems.map((text) => h("li", {}, text))) : null,
      facts.length ? h("h3", {}, "What moved the rating") : null,
      facts.length ? h("ul", { class: "facts" }, ...facts.map(fact)) : null,
      h("h3", {}, "Source"),
      ...source(model),
    ];
  };

  const tools = () => {
    const at = view.rows.indexOf(models[shown]);
    /** @param {string} label @param {number} to */
    const step = (label, to) => {
      const button = h("button", { type: "button", disabled: at < 0 || !view.rows[to] }, label);
      button.addEventListener("click", () => open(view.rows[to].index));
      return button;
    };
    const close = h("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => byId("viewer").close());
    return h("div", { class: "tools" }, step("Previous", at - 1), step("Next", at + 1), close);
  };

  /** Show a card. @param {number} index */
  const open = (index) => {
    shown = index;
    const viewer = byId("viewer");
    viewer.replaceChildren(tools(), ...card(models[index]).filter((node) => node !== null));
    if (!viewer.open) viewer.showModal();
    viewer.scrollTop = 0;
    byId("viewer-title").focus({ preventScroll: true });
  };

  const startViewer = () => {
    byId("viewer").addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (event.target !== byId("viewer")) return;
      if (event.clientX < byId("viewer").getBoundingClientRect().left) byId("viewer").close();
    });
  };

  // Points of the scatter plots --------------------------------------------------------------------

  const startPoints = () => {
    const tip = byId("tip");
    for (const points of document.querySelectorAll(".points")) {
      const model = (/** @type {Event} */ event) =>
        models[Number(/** @type {HTMLElement} */ (event.target).dataset.i)];
      points.addEventListener("click", (event) => model(event) && open(model(event).index));
      points.addEventListener("pointerover", (event) => {
        const found = model(event);
        if (!found) return;
        const { clientX, clientY } = /** @type {PointerEvent} */ (event);
        const text = `${found.id} · ${number(found.downloads)} downloads · ${number(found.likes)} likes`;
        tip.textContent = visible(text);
        tip.hidden = false;
        tip.style.left = `${Math.min(clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
        tip.style.top = `${clientY + 14}px`;
      });
      points.addEventListener("pointerout", () => { tip.hidden = true; });
    }
  };

  // Light and dark ---------------------------------------------------------------------------------

  const startTheme = () => {
    const button = byId("theme");
    const root = document.documentElement;
    /** @param {boolean} dark */
    const set = (dark) => {
      root.dataset.theme = dark ? "dark" : "light";
      button.setAttribute("aria-pressed", String(dark));
    };
    const system = matchMedia("(prefers-color-scheme: dark)");
    button.setAttribute("aria-pressed", String(system.matches));
    button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
    button.hidden = false;
  };

  document.documentElement.classList.add("js-on");
  for (const part of document.querySelectorAll(".js")) part.removeAttribute("hidden");
  startTheme();
  startTable();
  startViewer();
  startPoints();
})();
