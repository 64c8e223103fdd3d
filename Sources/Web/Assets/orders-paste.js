// A block of cells from a spreadsheet program: read, laid over the grid, checked by the hub before it lands.

import { api, confirm, make, words } from "/assets/console.js";
import { title } from "/assets/orders-columns.js";

const maximumCells = 20_000, checkedAtOnce = 500, shownRemarks = 100;

/** Tab-separated text as rows of cells; a quoted cell may hold tabs, line breaks and doubled quotes. */
export function readBlock(text) {
  const rows = [[]];
  let cell = "", isQuoted = false, isStart = true;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let index = 0; index < source.length; index += 1) {
    const sign = source[index];
    if (isQuoted) {
      if (sign === '"' && source[index + 1] === '"') { cell += '"'; index += 1; }
      else if (sign === '"') isQuoted = false;
      else cell += sign;
    } else if (sign === '"' && isStart && hasClosingQuote(source, index)) { isQuoted = true; isStart = false; }
    else if (sign === "\t") { rows.at(-1).push(cell); cell = ""; isStart = true; }
    else if (sign === "\n") { rows.at(-1).push(cell); rows.push([]); cell = ""; isStart = true; }
    else { cell += sign; isStart = false; }
  }
  rows.at(-1).push(cell);
  return rows.map((row) => row.map(withoutGuard));
}

function hasClosingQuote(text, start) {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] !== '"') continue;
    if (text[index + 1] === '"') { index += 1; continue; }
    return index + 1 === text.length || text[index + 1] === "\t" || text[index + 1] === "\n";
  }
  return false;
}

const dangerous = /^'+[=+\-@\t\r\n]/;
function withoutGuard(text) { return dangerous.test(text) ? text.slice(1) : text; }

/** A cell for the clipboard: no spreadsheet program runs it as a formula, and tabs and breaks stay inside of it. */
export function writeCell(text) {
  const guarded = /^'*[=+\-@\t\r\n]/.test(text) && !/^[+-][\d.,]*\d$/.test(text) ? `'${text}` : text;
  return /["\t\n\r]/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
}

/**
 * Lays a block over cells. `ids` and `fields` are the rows and columns from the first cell on; one value fills the whole chosen range.
 * Returns {changes, left}: `left` counts what has no place.
 */
export function lay(block, ids, fields, chosen, isEditable) {
  const isOne = block.length === 1 && block[0].length === 1;
  const height = isOne ? chosen.rows : block.length, width = isOne ? chosen.columns : Math.max(...block.map((row) => row.length));
  const changes = [], left = { cells: 0, columns: new Set() };
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = isOne ? block[0][0] : block[row][column];
      if (value === undefined) continue;
      const id = ids[row], field = fields[column];
      if (id === undefined || field === undefined) { left.cells += 1; continue; }
      if (!isEditable(field)) { if (value !== "") left.columns.add(field); continue; }
      if (changes.length >= maximumCells) { left.cells += 1; continue; }
      changes.push({ id, field, value: value.trim() });
    }
  }
  return { changes, left };
}

/** What the hub says of values before they are put in: [{order, field, sentence, isRefused}]. */
export async function check(sheet, changes) {
  const byRow = new Map();
  for (const { id, field, value } of changes) {
    if (!byRow.has(id)) byRow.set(id, {});
    byRow.get(id)[field] = { seen: sheet.known(id, field) || null, value: value === "" ? null : value };
  }
  const rows = [...byRow], remarks = [];
  for (let start = 0; start < rows.length; start += checkedAtOnce) {
    const edits = rows.slice(start, start + checkedAtOnce).map(([order, cells]) => ({ order, cells }));
    remarks.push(...(await api("POST", "/api/v1/order-edits/check", { edits })).data);
  }
  return remarks;
}

/** Pastes after a look at what is wrong: refused values never land, doubtful ones after a yes. Returns the changes that may land. */
export async function approve(sheet, changes, left, numberOf) {
  const remarks = await check(sheet, changes);
  const refused = remarks.filter((one) => one.isRefused), doubts = remarks.filter((one) => !one.isRefused);
  const bad = new Set(refused.map((one) => `${one.order} ${one.field}`));
  const good = changes.filter((one) => !bad.has(`${one.id} ${one.field}`));
  if (remarks.length === 0 && left.cells === 0 && left.columns.size === 0) return { changes: good, doubts };
  const body = make("div", {}, make("p", {}, words("orders.pasteCount", { good: good.length, doubts: doubts.length, refused: refused.length })));
  if (left.columns.size > 0) body.append(make("p", { class: "notice warn" }, words("orders.pasteColumns", { columns: [...left.columns].map(title).join(", ") })));
  if (left.cells > 0) body.append(make("p", { class: "notice warn" }, words("orders.pasteOutside", { count: left.cells })));
  if (remarks.length > 0) {
    const rows = [...refused, ...doubts].slice(0, shownRemarks).map((one) => make("tr", {},
      make("td", { class: "key" }, make("bdi", {}, numberOf(one.order))), make("td", {}, title(one.field)),
      make("td", { class: "long" }, make("span", { class: one.isRefused ? "state bad" : "state warn" }, words(one.isRefused ? "orders.refusedWord" : "orders.doubtWord")), " ", make("bdi", {}, one.sentence))));
    body.append(make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows))));
  }
  const isWanted = await confirm({ title: words("orders.pasteTitle"), body, action: good.length > 0 ? words("orders.pasteDo", { count: good.length }) : words("shell.close") });
  return { changes: isWanted ? good : [], doubts };
}
