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
    // What is on its way to the hub, by order and field.
    this.sending = new Map();
    // Rows that were left unsaved before the page was loaded, until they are put back or thrown away.
    this.offered = Sheet.kept(person);
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
    // Taken back while the other value is on its way: that it is taken back is a change of its own.
    const isKnown = value === known && (!old || old.seen === known) && !this.sending.get(id)?.has(field);
    if (isKnown) row.cells.delete(field);
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

  /** Everything unsaved as it is stored, [id, revision, number, [[field, seen, value]]]: what is offered, and over it what was typed since. */
  get unsaved() {
    const all = new Map(this.offered.map((row) => [row[0], row]));
    for (const [id, row] of this.cells) {
      const [, revision, number, offered] = all.get(id) ?? [id, row.revision, row.number, []];
      all.set(id, [id, revision, number, [...offered.filter(([field]) => !row.cells.has(field)), ...[...row.cells].map(([field, cell]) => [field, cell.seen, cell.value])]]);
    }
    return [...all.values()];
  }

  keep() {
    try {
      const rows = this.unsaved;
      if (rows.length === 0) return sessionStorage.removeItem(storeName);
      const text = JSON.stringify({ person: this.person, rows });
      if (text.length <= maximumStored) sessionStorage.setItem(storeName, text);
    } catch {
      // A browser that keeps nothing still has the cells on the page.
    }
  }

  /** What was typed before the page was left; nothing of somebody else's. */
  static kept(person) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(storeName) ?? "null");
      return kept && kept.person === person && Array.isArray(kept.rows) ? kept.rows : [];
    } catch {
      return [];
    }
  }

  /** Puts back what is offered; what was typed since stays as it is. */
  restore() {
    const step = [];
    for (const [id, revision, number, cells] of this.offered) {
      const row = this.cells.get(id) ?? { revision, number, cells: new Map() };
      for (const [field, seen, value] of cells) {
        if (row.cells.has(field)) continue;
        row.cells.set(field, { seen, value });
        step.push({ id, field, before: seen, after: value });
      }
      if (row.cells.size > 0) this.cells.set(id, row);
    }
    this.offered = [];
    if (step.length > 0) this.done.push(step);
    this.finish(step);
  }

  /** Throws away what is offered. */
  decline() {
    this.offered = [];
    this.finish([]);
  }

  // MARK: saving

  /** Saves everything as one batch; what cannot go stays, marked. `onSaved(results)` after each call. */
  async save(onSaved) {
    if (this.isSaving || this.cells.size === 0) return;
    this.isSaving = true;
    this.onCount();
    const key = crypto.randomUUID();
    const rows = [...this.cells].slice(0, maximumBatch);
    this.sending = new Map(rows.map(([order, row]) => [order, new Map([...row.cells].map(([field, cell]) => [field, cell.value]))]));
    const edits = rows.map(([order, row]) => ({
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
      this.unsend();
      this.onCount();
    }
  }

  /** Nothing is on its way any more: a cell that was taken back meanwhile, and that the hub did not get, is no change. */
  unsend() {
    const sent = this.sending;
    this.sending = new Map();
    for (const [id, fields] of sent) for (const field of fields.keys()) { const cell = this.cell(id, field); if (cell && cell.value === cell.seen) this.takeTheirs(id, field); }
  }

  /** Whether somebody's value is the one that this sheet has just sent. */
  isSent(id, field, value) { return this.sending.get(id)?.get(field) === value; }

  settle(results) {
    const step = [];
    for (const result of results) {
      const row = this.cells.get(result.order), sent = this.sending.get(result.order), known = this.rowOf(result.order);
      if (!row || !sent) continue;
      const applied = new Map(result.applied.map((one) => [one.field, one.to ?? ""]));
      const conflicts = new Map(result.conflicts.map((one) => [one.field.startsWith("tag.") ? "tags" : one.field, one]));
      const refused = new Map(result.refused.map((one) => [one.field.startsWith("tag.") ? "tags" : one.field, one]));
      // The row is fetched anew only now: what is typed until then begins with what is in.
      for (const [field, value] of applied) if (known && field in known) known[field] = value;
      for (const [field, cell] of [...row.cells]) {
        if (!sent.has(field)) continue;
        const isNewer = cell.value !== sent.get(field);
        delete cell.trouble;
        if (conflicts.has(field)) cell.trouble = { kind: "conflict", ...conflicts.get(field) };
        else if (!isNewer && refused.has(field)) cell.trouble = { kind: "refused", ...refused.get(field) };
        // Typed while the answer was under way: a change on top of the one that is in.
        else if (isNewer) { if (!refused.has(field)) cell.seen = applied.get(field) ?? sent.get(field); }
        else row.cells.delete(field);
        step.push({ id: result.order, field });
      }
      if (result.outcome === "unknownOrder") row.cells.clear();
      if (row.cells.size === 0) this.cells.delete(result.order); else row.revision = result.revision;
    }
    this.unsend();
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
