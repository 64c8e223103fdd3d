// What a person changed and has not saved yet: kept apart from the rows, undone and done again, kept over a reload, saved as one batch.

import { api, confirm, make, toast, words } from "/assets/console.js";
import { isPersonal } from "/assets/orders-columns.js";

const storeName = "crossdock-orders-unsaved", maximumStored = 2_000_000, maximumBatch = 500;

/**
 * The sheet of unsaved cells. Every cell knows the value that was there when it was first touched: the server decides by it.
 * `onChange(id, fields)` paints; `rowOf(id)` gives the row as it is known.
 */
export class Sheet {
  constructor({ rowOf, onChange, onCount, person }) {
    this.rowOf = rowOf;
    this.onChange = onChange;
    this.onCount = onCount;
    this.person = person;
    this.cells = new Map();
    this.done = [];
    this.undone = [];
    this.isSaving = false;
  }

  get count() { let sum = 0; for (const row of this.cells.values()) sum += row.cells.size; return sum; }
  get orders() { return this.cells.size; }
  cell(id, field) { return this.cells.get(id)?.cells.get(field); }
  isDirty(id) { return this.cells.has(id); }

  /** The value to be shown: what was typed, else what the order says. */
  value(id, field) {
    const cell = this.cell(id, field);
    return cell ? cell.value : this.known(id, field);
  }

  /** What the order itself says. */
  known(id, field) {
    const row = this.rowOf(id);
    if (!row) return "";
    if (field.startsWith("lines.")) {
      const line = (row.lines ?? []).find((one) => field === `lines.${one.id}.quantity` || field === `lines.${one.id}.unitPrice`);
      return line ? String(field.endsWith(".quantity") ? line.quantity : line.unitPrice) : "";
    }
    return row[field] ?? "";
  }

  /** Several cells as one step: [{id, field, value}]. */
  change(changes) {
    const step = [];
    for (const { id, field, value } of changes) {
      const before = this.value(id, field);
      const after = String(value ?? "");
      if (before === after) continue;
      step.push({ id, field, before, after });
      this.put(id, field, after);
    }
    if (step.length === 0) return 0;
    this.done.push(step);
    this.undone = [];
    this.finish(step);
    return step.length;
  }

  put(id, field, value) {
    const known = this.known(id, field);
    const row = this.cells.get(id) ?? { revision: this.rowOf(id)?.revision, number: this.rowOf(id)?.number, cells: new Map() };
    const old = row.cells.get(field);
    const seen = old ? old.seen : known;
    if (value === known && (!old || old.seen === known)) row.cells.delete(field);
    else row.cells.set(field, { seen, value });
    if (row.cells.size === 0) this.cells.delete(id); else this.cells.set(id, row);
  }

  finish(step) {
    const byRow = new Map();
    for (const { id, field } of step) byRow.set(id, [...(byRow.get(id) ?? []), field]);
    for (const [id, fields] of byRow) this.onChange(id, fields);
    this.onCount();
    this.keep();
  }

  undo() { this.step(this.done, this.undone, (one) => one.before); }
  redo() { this.step(this.undone, this.done, (one) => one.after); }

  step(from, to, value) {
    const step = from.pop();
    if (!step) return;
    for (const one of step) this.put(one.id, one.field, value(one));
    to.push(step);
    this.finish(step);
  }

  discard() {
    const step = [];
    for (const [id, row] of this.cells) for (const [field, cell] of row.cells) step.push({ id, field, before: cell.value, after: this.known(id, field) });
    this.cells.clear();
    this.done = [];
    this.undone = [];
    this.finish(step);
  }

  // MARK: over a reload

  keep() {
    try {
      if (this.cells.size === 0) return sessionStorage.removeItem(storeName);
      const text = JSON.stringify({ person: this.person, rows: [...this.cells].map(([id, row]) => [id, row.revision, row.number, [...row.cells].map(([field, cell]) => [field, cell.seen, cell.value])]) });
      if (text.length <= maximumStored) sessionStorage.setItem(storeName, text);
    } catch {
      // A browser that keeps nothing still has the cells on the page.
    }
  }

  /** What was typed before the page was left; null: nothing, or somebody else's. */
  static kept(person) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(storeName) ?? "null");
      return kept && kept.person === person && Array.isArray(kept.rows) && kept.rows.length > 0 ? kept.rows : null;
    } catch {
      return null;
    }
  }

  static forget() { try { sessionStorage.removeItem(storeName); } catch { /* nothing was kept */ } }

  restore(rows) {
    const step = [];
    for (const [id, revision, number, cells] of rows) {
      const row = { revision, number, cells: new Map(cells.map(([field, seen, value]) => [field, { seen, value }])) };
      this.cells.set(id, row);
      for (const [field, seen, value] of cells) step.push({ id, field, before: seen, after: value });
    }
    this.done.push(step);
    this.finish(step);
  }

  // MARK: saving

  /** Saves everything as one batch; what cannot go stays, marked. `onSaved(results)` after each call. */
  async save(onSaved) {
    if (this.isSaving || this.cells.size === 0) return;
    this.isSaving = true;
    this.onCount();
    const key = crypto.randomUUID();
    const edits = [...this.cells].slice(0, maximumBatch).map(([order, row]) => ({
      order, revision: row.revision,
      cells: Object.fromEntries([...row.cells].map(([field, cell]) => [field, { seen: cell.seen === "" ? null : cell.seen, value: cell.value === "" ? null : cell.value }])),
    }));
    try {
      const answer = await api("POST", "/api/v1/order-edits", { edits }, { idempotencyKey: key });
      this.settle(answer.results);
      await onSaved(answer);
      return answer;
    } catch (error) {
      toast(error.detail ?? String(error), { tone: "bad" });
    } finally {
      this.isSaving = false;
      this.onCount();
    }
  }

  settle(results) {
    const step = [];
    for (const result of results) {
      const row = this.cells.get(result.order);
      if (!row) continue;
      const conflicts = new Map(result.conflicts.map((one) => [one.field.startsWith("tag.") ? "tags" : one.field, one]));
      const refused = new Map(result.refused.map((one) => [one.field.startsWith("tag.") ? "tags" : one.field, one]));
      for (const [field, cell] of [...row.cells]) {
        delete cell.trouble;
        if (conflicts.has(field)) cell.trouble = { kind: "conflict", ...conflicts.get(field) };
        else if (refused.has(field)) cell.trouble = { kind: "refused", ...refused.get(field) };
        else row.cells.delete(field);
        step.push({ id: result.order, field });
      }
      if (result.outcome === "unknownOrder") row.cells.clear();
      if (row.cells.size === 0) this.cells.delete(result.order); else row.revision = result.revision;
    }
    this.done = [];
    this.undone = [];
    this.finish(step);
  }

  /** Cells that the server did not take: [{id, number, field, cell}]. */
  get troubles() {
    const all = [];
    for (const [id, row] of this.cells) for (const [field, cell] of row.cells) if (cell.trouble) all.push({ id, number: row.number, field, cell });
    return all;
  }

  /** The typed value stands, on top of the other one. */
  keepMine(id, field) {
    const cell = this.cell(id, field);
    if (!cell?.trouble) return;
    cell.seen = cell.trouble.theirs ?? "";
    delete cell.trouble;
    this.finish([{ id, field }]);
  }

  takeTheirs(id, field) {
    const row = this.cells.get(id);
    row?.cells.delete(field);
    if (row?.cells.size === 0) this.cells.delete(id);
    this.finish([{ id, field }]);
  }
}

/** Who or what a cause is, in words. */
export function causeWord(cause) {
  if (!cause) return words("orders.somebody");
  return cause.kind === "person" ? cause.subject : words(`orders.cause.${cause.kind}`, { subject: cause.subject });
}

/** Shows what was not taken, cell by cell: mine, theirs, who, when. */
export function troubleTable(sheet, title, clock, onDone) {
  const body = make("tbody");
  const refresh = () => {
    body.replaceChildren();
    for (const { id, number, field, cell } of sheet.troubles) {
      const trouble = cell.trouble, isConflict = trouble.kind === "conflict";
      const button = (text, run) => make("button", { type: "button", onclick: () => { run(); refresh(); if (sheet.troubles.length === 0) onDone(); } }, text);
      body.append(make("tr", { "data-id": id, "data-field": field },
        make("td", { class: "key" }, make("a", { href: `/orders/${id}` }, make("bdi", {}, number ?? id))),
        make("td", {}, title(field)),
        make("td", {}, make("bdi", {}, cell.value || "–")),
        make("td", { class: "long" }, isConflict ? make("bdi", {}, trouble.theirs ?? "–") : make("span", { class: "fault" }, words(`orders.why.${trouble.code}`) === `orders.why.${trouble.code}` ? trouble.sentence : words(`orders.why.${trouble.code}`))),
        make("td", {}, isConflict ? `${causeWord(trouble.cause)}${trouble.at ? `, ${clock.text(trouble.at)}` : ""}` : ""),
        make("td", { class: "actions" },
          isConflict ? button(words("orders.keepMine"), () => sheet.keepMine(id, field)) : null,
          button(words(isConflict ? "orders.takeTheirs" : "orders.letGo"), () => sheet.takeTheirs(id, field)))));
    }
  };
  refresh();
  return make("div", { class: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...["order", "cell", "mine", "theirs", "who"].map((name) => make("th", { scope: "col" }, words(`orders.conflict.${name}`))), make("th", {}, make("span", { class: "unseen" }, words("orders.choose"))))), body));
}

/** Asks before unsaved cells are thrown away. */
export function askToDiscard(sheet) {
  return confirm({ title: words("orders.discardTitle", { count: sheet.count }), body: words("orders.discardBody"), action: words("orders.discard"), tone: "bad" });
}

export { isPersonal };
