// The grid: a list of ids that stands still, rows that are fetched as they come into sight, a cursor, a range, chosen rows, cells that are edited.

import { TabulatorFull as Tabulator } from "/assets/tabulator.mjs";
import { api, dialog, make, words } from "/assets/console.js";
import { byField, lineField, plain, show, title } from "/assets/orders-columns.js";
import { writeCell } from "/assets/orders-paste.js";

const rowPixels = 32, gapPixels = 12, borderPixels = 1, smallestPixels = 320, rowsAtOnce = 200, rowsDrawn = 6, rowsKept = 300, rowsAround = 120, rowsAhead = 2000, scrollMilliseconds = 40, leapMilliseconds = 120, tallEditorRows = 4;

export class Grid {
  /** `element` is filled; `sheet` holds unsaved cells; the rest are listeners. */
  constructor(element, { clock, couriers, mayWrite, mayEdit, onColumns, onSort, onChosen, onOpen }) {
    Object.assign(this, { element, clock, couriers, mayWrite, mayEdit, onColumns, onSort, onChosen, onOpen });
    this.rows = new Map();
    this.loading = new Map();
    this.chosen = new Set();
    this.changed = new Map();
    this.ids = [];
    this.place = new Map();
    this.components = new Map();
    this.drawn = new Set();
    this.anchor = null;
    this.editing = null;
    this.late = new Set();
    this.firstSeen = 0;
    this.drawing = null;
    this.isLeaping = false;
  }

  // MARK: building

  /** Shows a list. `fields`: [{field, width}]; `sort`: {column, isAscending}. */
  show(ids, rows, fields, sort) {
    this.ids = ids;
    this.place = new Map(ids.map((id, index) => [id, index]));
    for (const row of rows) this.rows.set(row.id, row);
    this.chosen = new Set([...this.chosen].filter((id) => this.place.has(id)));
    this.changed.clear();
    this.loading.clear();
    this.drawn.clear();
    this.sort = sort;
    this.table?.destroy();
    this.isBuilt = false;
    this.table = new Tabulator(this.element, {
      data: ids.map((id) => ({ id })), index: "id", height: this.room, rowHeight: rowPixels - borderPixels, renderVerticalBuffer: rowPixels * rowsDrawn, nestedFieldSeparator: false, movableColumns: true,
      columnDefaults: { headerSort: false, resizable: "header", minWidth: 40, headerHozAlign: "left" }, selectableRange: 1, selectableRangeColumns: false, selectableRangeRows: true,
      selectableRangeAutoFocus: false, editTriggerEvent: "dblclick", history: false, clipboard: false, layout: "fitDataFill", rowHeader: this.rowHeader, columns: this.columns(fields), rowFormatter: (row) => this.dress(row),
    });
    this.table.on("tableBuilt", () => {
      this.isBuilt = true;
      this.components = new Map(this.table.getRows().map((row) => [row.getData().id, row]));
      const holder = this.holder;
      holder.setAttribute("role", "presentation");
      holder.setAttribute("aria-label", words("orders.gridLabel"));
      // Before Tabulator draws the rows: what is missing is asked for first, and nothing has to be laid out to find out.
      holder.addEventListener("scroll", (event) => this.scrolled(event), { passive: true, capture: true });
      this.element.querySelector(".tabulator-header")?.setAttribute("aria-label", words("orders.columnsWord"));
      this.load();
      this.element.dataset.ready = "yes";
    });
    this.table.on("columnMoved", () => this.onColumns(this.layout));
    this.table.on("columnResized", () => this.onColumns(this.layout));
    this.table.on("cellDblClick", (event, cell) => this.edit(cell));
    this.onChosen();
  }

  /** What is left of the window below the grid's top. */
  get room() { return Math.max(smallestPixels, Math.round(innerHeight - (this.element.getBoundingClientRect().top + scrollY) - 16 - this.below)); }

  /** What is told under the grid takes its room from the grid's end. */
  get below() { const box = document.getElementById("beneath"); return box && box.clientHeight > 0 ? box.clientHeight + gapPixels : 0; }

  /** The grid fills what is left of the window; a grid without a height of its own would draw every row. */
  fit() {
    if (this.element.hidden || !this.isBuilt || Math.abs(this.element.clientHeight - this.room) < 4) return;
    this.table.setHeight(this.room);
  }

  get holder() { return this.element.querySelector(".tabulator-tableholder"); }
  focus() { this.holder?.focus({ preventScroll: true }); }
  get hasFocus() { return this.element.contains(document.activeElement); }

  get layout() { return this.table.getColumns().filter((column) => this.isData(column)).map((column) => ({ field: column.getField(), width: Math.round(column.getWidth()) })); }
  get fields() { return this.table.getColumns().filter((column) => column.isVisible() && this.isData(column)).map((column) => column.getField()); }
  isData(column) { return column.getField() !== "number" && byField.has(column.getField()); }

  /** What stays in sight at the left: the box and the order's number. */
  get rowHeader() {
    return { title: "", field: "number", width: byField.get("number").width + 36, frozen: true, resizable: false, headerSort: false, cssClass: "choose",
      formatter: (cell) => this.contents(cell), titleFormatter: () => make("span", { class: "head" }, this.headCheckbox(), this.head(byField.get("number"))) };
  }

  columns(fields) {
    return fields.filter(({ field }) => field !== "number" && byField.has(field)).map(({ field, width }) => {
      const column = byField.get(field), isNumber = ["amount", "total"].includes(column.kind);
      const isEdited = column.isEdited && this.mayEdit(field) && column.kind !== "lines";
      return {
        field, title: title(field), width: width ?? column.width, hozAlign: isNumber ? "right" : "left", cssClass: isNumber ? "n" : "",
        titleFormatter: () => this.head(column), formatter: (cell) => this.contents(cell), editor: isEdited ? (cell, onRendered, success, cancel) => this.editor(cell, onRendered, cancel) : undefined,
      };
    });
  }

  head(column) {
    const text = title(column.field);
    if (!column.sort) return make("span", { title: text }, text);
    const isCurrent = this.sort.column === column.sort, arrow = isCurrent ? (this.sort.isAscending ? " ▲" : " ▼") : "";
    return make("button", { type: "button", class: "sort", title: words("orders.sortBy", { column: text }), "aria-pressed": String(isCurrent),
      onclick: () => this.onSort({ column: column.sort, isAscending: isCurrent ? !this.sort.isAscending : !["placed", "updated", "total"].includes(column.sort) }) }, text + arrow);
  }

  headCheckbox() {
    return make("input", { type: "checkbox", class: "all", "aria-label": words("orders.selectAll"), onchange: (event) => (event.target.checked ? this.chooseAll() : this.chooseNone()) });
  }

  checkbox(cell) {
    const { id } = cell.getData();
    const box = make("input", { type: "checkbox", tabindex: "-1", "aria-label": words("orders.selectOne", { number: this.rows.get(id)?.number ?? "" }), onclick: (event) => { this.choose(id, event.target.checked, event.shiftKey); } });
    box.checked = this.chosen.has(id);
    return box;
  }

  // MARK: cells

  contents(cell) { return cell.getField() === "number" ? make("span", { class: "head" }, this.checkbox(cell), this.cell(cell)) : this.cell(cell); }

  cell(cell) {
    const { id } = cell.getData(), field = cell.getField(), row = this.rows.get(id), element = cell.getElement();
    element.dataset.field = field;
    if (!row) return field === "number" ? make("span", { class: "quiet" }, "…") : document.createTextNode("");
    const typed = this.sheet.cell(id, field), isLines = field === "lines";
    const lineCells = isLines ? (row.lines ?? []).flatMap((line) => ["quantity", "unitPrice"].map((part) => this.sheet.cell(id, lineField(line, part)))).filter(Boolean) : [];
    const trouble = typed?.trouble ?? lineCells.find((one) => one.trouble)?.trouble;
    const isDirty = typed !== undefined || lineCells.length > 0;
    element.classList.toggle("dirty", isDirty);
    element.classList.toggle("conflict", trouble?.kind === "conflict");
    element.classList.toggle("refused", trouble?.kind === "refused");
    element.classList.toggle("doubt", typed?.doubt !== undefined);
    const isOurs = this.wasEdited(row, field);
    element.classList.toggle("ours", isOurs);
    const hint = trouble ? trouble.sentence ?? words("orders.conflictHint", { theirs: trouble.theirs ?? "–" }) : typed?.doubt ?? (isOurs ? words("orders.editedHint", { value: this.platformValue(row, field) || "–" }) : "");
    if (hint) element.title = hint; else element.removeAttribute("title");
    const shown = isDirty ? this.withTyped(row) : row;
    const contents = show(shown, field, this.clock);
    if (field !== "number") return contents;
    const mark = this.changed.get(id);
    const dead = (row.flags ?? []).length ? make("span", { class: "state warn", title: plain(row, "flags", this.clock) }, make("span", { class: "unseen" }, plain(row, "flags", this.clock))) : null;
    return make("span", { class: "order" }, contents, dead ? " " : null, dead, mark ? make("span", { class: "mark", title: mark }, make("span", { class: "unseen" }, mark)) : null);
  }

  wasEdited(row, field) {
    const edited = row.edited ?? {};
    if (field === "lines") return Object.keys(edited).some((name) => name.startsWith("lines."));
    if (field === "tags") return Object.keys(edited).some((name) => name.startsWith("tag."));
    return field in edited;
  }

  platformValue(row, field) { return row.edited?.[field] ?? ""; }

  /** The row with what was typed laid over it. */
  withTyped(row) {
    const typed = { ...row };
    for (const [field, cell] of this.sheet.cells.get(row.id)?.cells ?? []) if (!field.startsWith("lines.")) typed[field] = cell.value;
    typed.lines = (row.lines ?? []).map((line) => ({ ...line, quantity: this.sheet.value(row.id, lineField(line, "quantity")), unitPrice: this.sheet.value(row.id, lineField(line, "unitPrice")) }));
    return typed;
  }

  dress(row) {
    const { id } = row.getData(), element = row.getElement();
    this.drawn.add(id);
    element.dataset.id = id;
    element.classList.toggle("chosen", this.chosen.has(id));
    element.classList.toggle("changed", this.changed.has(id));
    element.setAttribute("aria-selected", String(this.chosen.has(id)));
  }

  /** Shows a row anew wherever it has been drawn; the one that is being edited waits. */
  paint(id) {
    if (this.editing === id) { this.late.add(id); return; }
    const component = this.components.get(id);
    if (!component?._row?.initialized) return;
    // Only the cells' contents change in a row that is drawn: made anew as a whole, each row would have the page laid out once more. What is not drawn now is made anew when it is.
    if (!component.getElement().isConnected) { component.reformat(); return; }
    for (const cell of component.getCells()) cell.getElement().replaceChildren(this.contents(cell));
    this.dress(component);
  }

  paintAll() { for (const id of this.components.keys()) this.paint(id); }

  // MARK: rows as they come into sight

  scrolled(event) {
    const { first, last } = this.sight, step = first - this.firstSeen, isLeap = Math.abs(step) > rowsAround;
    this.firstSeen = first;
    if (isLeap) this.leapt(first, last, step, event);
    else if (!this.timer) this.load();
    else return;
    this.isLeaping = isLeap;
    this.timer = setTimeout(() => { this.timer = 0; this.isLeaping = false; this.load(); }, isLeap ? leapMilliseconds : scrollMilliseconds);
    this.tidy();
  }

  /** Rows far out of sight give their cells back: those of a long list would fill the browser's memory, and clearing it up later holds the page up. */
  tidy() {
    if (this.drawn.size <= rowsKept) return;
    const { first, last } = this.sight;
    for (const id of this.drawn) {
      const index = this.place.get(id), row = this.components.get(id)._row;
      if (index >= first - rowsAround && index <= last + rowsAround || id === this.editing || row.getElement().isConnected) continue;
      this.drawn.delete(id);
      row.getElement().replaceChildren();
      row.deleteCells();
      row.deinitialize();
      row.deinitializeHeight();
    }
  }

  /** To a place far away: drawn when its rows are here, instead of without them first. Dragging the bar is many leaps, so nothing else is fetched until they have ended. */
  leapt(first, last, step, event) {
    clearTimeout(this.timer);
    this.fetchMissing(first - rowsDrawn, last + rowsDrawn);
    const parts = new Set(this.ids.slice(first, last + 1).map((id) => this.loading.get(id)).filter(Boolean));
    if (parts.size > 0 && !this.drawing) {
      const longest = new Promise((resolve) => { setTimeout(resolve, leapMilliseconds); });
      this.drawing = Promise.race([Promise.all(parts), longest]).then(() => { this.drawing = null; this.holder?.dispatchEvent(new Event("scroll")); });
    }
    // The next leap of a drag is as long as this one.
    this.fetchMissing(first + step - rowsDrawn, last + step + rowsDrawn);
    if (this.drawing) event.stopImmediatePropagation();
  }

  /** Which rows are seen, by their share of the whole height: a browser's zoom makes rows some hundredths of a pixel higher or lower, which are hundreds of rows at the end of a long list. */
  get sight() {
    const holder = this.holder, rowsAPixel = this.ids.length / (holder?.scrollHeight || Infinity);
    const first = Math.floor((holder?.scrollTop ?? 0) * rowsAPixel), count = Math.ceil((holder?.clientHeight ?? 0) * rowsAPixel);
    return { first, last: Math.min(first + count, this.ids.length - 1) };
  }

  /** Fetches what is in sight, at once what is around it, then a stretch below. */
  async load() {
    const { first, last } = this.sight;
    const parts = [...this.fetchMissing(first - rowsDrawn, last + rowsDrawn), ...this.fetchMissing(first - rowsAround, last + rowsAround)];
    if (parts.length === 0 && this.loading.size === 0) parts.push(...this.fetchMissing(last, last + rowsAhead, 1));
    if (parts.length === 0) return;
    await Promise.all(parts);
    if (this.loading.size === 0 && !this.isLeaping) this.load();
  }

  fetchMissing(from, to, requests = Infinity) { return pages(this.missing(from, to)).slice(0, requests).map((ids) => this.fetch(ids)); }

  missing(from, to) { return this.ids.slice(Math.max(0, from), Math.max(0, to + 1)).filter((id) => !this.rows.has(id) && !this.loading.has(id)); }

  fetch(ids) {
    const answer = this.ask(ids);
    for (const id of ids) this.loading.set(id, answer);
    return answer;
  }

  async ask(ids) {
    try {
      const { data } = await api("GET", `/api/v1/order-grid/rows?ids=${ids.join(",")}`);
      for (const row of data) { this.rows.set(row.id, row); this.paint(row.id); }
    } catch {
      // Asked for again when it comes into sight again.
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    } finally {
      for (const id of ids) this.loading.delete(id);
    }
  }

  /** Rows that are needed now, wherever they stand. */
  async ensure(ids) {
    const wanted = ids.filter((id) => !this.rows.has(id));
    for (const part of pages(wanted)) await this.fetch(part);
  }

  // MARK: the cursor and the range

  get range() { return this.isBuilt ? this.table.getRanges()[0] : undefined; }

  /** {id, field, index}: where the cursor is. */
  get cursor() {
    const row = this.range?.getRows()[0], column = this.range?.getColumns().find((one) => this.isData(one));
    if (!row || !column) return null;
    const { id } = row.getData(), field = column.getField();
    return { id, field, index: this.place.get(id), cell: row.getCell(field) };
  }

  /** The chosen block: {ids, fields}. */
  get block() {
    const range = this.range;
    if (!range) return { ids: [], fields: [] };
    return { ids: range.getRows().map((row) => row.getData().id), fields: range.getColumns().filter((column) => this.isData(column)).map((column) => column.getField()) };
  }

  async go(index, field) {
    const bounded = Math.max(0, Math.min(index, this.ids.length - 1)), row = this.components.get(this.ids[bounded]);
    if (!row) return;
    const { first, last } = this.sight;
    if (bounded <= first || bounded >= last - 1) await this.table.scrollToRow(row, bounded <= first ? "top" : "bottom", false).catch(() => {});
    const cell = row.getCell(field) || row.getCells()[1];
    this.range?.setBounds(cell, cell);
    this.focus();
  }

  move(rows, columns = 0) {
    const cursor = this.cursor;
    if (!cursor) return this.go(0, this.fields[0]);
    const fields = this.fields, at = Math.max(0, fields.indexOf(cursor.field));
    return this.go(cursor.index + rows, fields[Math.max(0, Math.min(at + columns, fields.length - 1))]);
  }

  copyText() {
    const { ids, fields } = this.block;
    return ids.map((id) => { const row = this.rows.get(id); return fields.map((field) => writeCell(row ? String(plain(this.withTyped(row), field, this.clock)) : "")).join("\t"); }).join("\n");
  }

  // MARK: choosing

  choose(id, isOn, isRange = false) {
    if (isRange && this.anchor !== null && this.place.has(this.anchor)) {
      const [from, to] = [this.place.get(this.anchor), this.place.get(id)].sort((a, b) => a - b);
      for (const one of this.ids.slice(from, to + 1)) this.mark(one, isOn);
    } else this.mark(id, isOn);
    this.anchor = id;
    this.onChosen();
  }

  mark(id, isOn) {
    if (isOn) this.chosen.add(id); else this.chosen.delete(id);
    this.paint(id);
  }

  toggle() {
    const { ids } = this.block;
    const isOn = ids.some((id) => !this.chosen.has(id));
    for (const id of ids) this.mark(id, isOn);
    this.anchor = ids[0] ?? null;
    this.onChosen();
  }

  chooseAll() { this.chosen = new Set(this.ids); this.paintAll(); this.onChosen(); }
  chooseNone() { this.chosen.clear(); this.paintAll(); this.onChosen(); }
  get chosenInOrder() { return this.ids.filter((id) => this.chosen.has(id)); }

  // MARK: editing

  /** Begins to edit a cell, or opens the order where a cell is not edited. */
  edit(cell = this.cursor?.cell) {
    if (!cell) return;
    const { id } = cell.getData(), field = cell.getField(), column = byField.get(field);
    if (!this.rows.has(id)) return;
    if (!cell.getElement().isConnected) return this.go(this.place.get(id), field).then(() => { if (this.cursor?.cell.getElement().isConnected) this.edit(); });
    if (column?.kind === "lines" && this.mayEdit(field)) return this.editLines(id);
    if (column?.isEdited && this.mayEdit(field)) return cell.edit(true);
    if (field === "number") this.onOpen(id);
  }

  editor(cell, onRendered, cancel) {
    const { id } = cell.getData(), field = cell.getField(), row = this.rows.get(id);
    if (!row) { queueMicrotask(cancel); return make("span"); }
    const input = this.field(field, this.sheet.value(id, field));
    input.setAttribute("aria-label", `${title(field)}, ${row.number}`);
    this.editing = id;
    let isOver = false;
    const end = (isKept, move) => {
      if (isOver) return;
      isOver = true;
      const { value } = input;
      this.editing = null;
      cancel();
      if (isKept) this.sheet.change([{ id, field, value }]);
      if (this.late.delete(id)) this.paint(id);
      if (move) move(); 
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") { event.preventDefault(); end(false, () => this.focus()); }
      else if (event.key === "Enter" && !(event.shiftKey && input.tagName === "TEXTAREA")) { event.preventDefault(); end(true, () => this.move(event.shiftKey ? -1 : 1)); }
      else if (event.key === "Tab") { event.preventDefault(); end(true, () => this.move(0, event.shiftKey ? -1 : 1)); }
      else if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); end(true, () => { this.focus(); document.dispatchEvent(new CustomEvent("savecells")); }); }
    });
    input.addEventListener("blur", () => end(true));
    for (const kind of ["mousedown", "click", "dblclick", "paste", "copy"]) input.addEventListener(kind, (event) => event.stopPropagation());
    onRendered(() => { input.focus({ preventScroll: true }); input.select?.(); });
    return input;
  }

  field(field, value) {
    const { kind } = byField.get(field);
    if (kind === "note") { const area = make("textarea", { rows: String(tallEditorRows), maxlength: "5000" }); area.value = value; return area; }
    if (kind === "courier") {
      const known = [...new Set(["", ...this.couriers, value])];
      const list = make("select", {}, ...known.map((one) => make("option", { value: one }, one || words("orders.noChoice"))));
      list.value = value;
      return list;
    }
    const input = make("input", { type: "text", maxlength: "500", autocomplete: "off", spellcheck: "false", inputmode: kind === "amount" ? "decimal" : null, list: kind === "tags" ? "tags" : null });
    input.value = value;
    return input;
  }

  /** Quantities and prices of an order's lines. */
  async editLines(id) {
    const row = this.rows.get(id), inputs = [];
    const body = make("tbody", {}, ...(row.lines ?? []).map((line) => {
      const part = (name, label, mode) => {
        const field = lineField(line, name), input = make("input", { type: "text", inputmode: mode, class: "n", size: "8", value: this.sheet.value(id, field), "aria-label": `${label}, ${line.sku ?? line.title}` });
        inputs.push({ field, input });
        return make("td", { class: "n" }, input);
      };
      return make("tr", {}, make("td", { class: "key" }, make("bdi", {}, line.sku ?? "")), make("td", { class: "long" }, make("bdi", {}, line.title), line.variant ? make("span", { class: "quiet" }, make("bdi", {}, line.variant)) : null),
        part("quantity", words("orders.quantity"), "numeric"), part("unitPrice", words("orders.unitPrice"), "decimal"));
    }));
    const form = make("form", { method: "dialog" }, make("h2", {}, words("orders.linesOf", { number: row.number })), make("p", { class: "quiet" }, words("orders.linesHint", { currency: row.currency })),
      make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...["sku", "product", "quantity", "unitPrice"].map((name) => make("th", { scope: "col" }, words(`orders.${name}`))))), body)),
      make("div", { class: "actions" }, make("button", { class: "button primary", value: "yes" }, words("orders.takeOver")), make("button", { class: "button", value: "", formnovalidate: true }, words("shell.cancel"))));
    const answer = dialog(form, { wide: true, label: words("orders.linesOf", { number: row.number }) });
    inputs[0]?.input.focus();
    inputs[0]?.input.select();
    if (await answer === "yes") this.sheet.change(inputs.map(({ field, input }) => ({ id, field, value: input.value.trim() })));
    this.focus();
  }

  /** Empties the editable cells of the range. */
  clear() {
    const { ids, fields } = this.block;
    const editable = fields.filter((field) => this.mayEdit(field) && byField.get(field)?.isEdited && field !== "lines" && !["totals.shipping", "totals.discount"].includes(field));
    this.sheet.change(ids.filter((id) => this.rows.has(id)).flatMap((id) => editable.map((field) => ({ id, field, value: "" }))));
  }
}

function pages(ids) {
  const parts = [];
  for (let start = 0; start < ids.length; start += rowsAtOnce) parts.push(ids.slice(start, start + rowsAtOnce));
  return parts;
}
