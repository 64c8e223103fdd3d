// Views: which columns, saved under a name, shared or one's own.

import { api, confirm, dialog, make, toast, words } from "/assets/console.js";
import { columns, title, usual } from "/assets/orders-columns.js";

const keepMilliseconds = 600;
let timer = 0;

/** Keeps the columns that somebody chose for a view, some moments after the last move. */
export function keepColumns(view, layout) {
  clearTimeout(timer);
  timer = setTimeout(() => { api("PUT", `/api/v1/order-views/${view ?? "all"}/layout`, { columns: layout }).catch(() => { /* the columns stay as they are on this page */ }); }, keepMilliseconds);
}

/** Asks which columns are shown, and in which order. Returns the new layout, or null. */
export async function chooseColumns(layout) {
  const shown = layout.map((one) => one.field), widths = new Map(layout.map((one) => [one.field, one.width]));
  const rest = columns.map((column) => column.field).filter((field) => !shown.includes(field));
  const list = make("ul", { class: "plain columns" });
  const item = (field, isOn) => {
    const box = make("input", { type: "checkbox", id: `column-${field}`, value: field, disabled: field === "number" });
    box.checked = isOn || field === "number";
    const line = make("li", {}, box, " ", make("label", { for: box.id }, title(field)));
    const step = (way, text) => make("button", { type: "button", class: "link", "aria-label": `${text}: ${title(field)}`, onclick: (event) => {
      const other = way < 0 ? line.previousElementSibling : line.nextElementSibling;
      if (!other) return;
      if (way < 0) other.before(line); else other.after(line);
      event.target.focus();
    } }, way < 0 ? "↑" : "↓");
    line.append(make("span", { class: "steps-of" }, step(-1, words("orders.up")), " ", step(1, words("orders.down"))));
    return line;
  };
  list.append(...shown.map((field) => item(field, true)), ...rest.map((field) => item(field, false)));
  const form = make("form", { method: "dialog" }, make("h2", {}, words("orders.columnsTitle")), list,
    make("div", { class: "actions" }, make("button", { class: "button primary", value: "yes" }, words("orders.show")), make("button", { class: "button", value: "usual" }, words("orders.usual")), make("button", { class: "button", value: "" }, words("shell.cancel"))));
  const answer = await dialog(form, { label: words("orders.columnsTitle") });
  if (answer === "usual") return usual.map((field) => ({ field }));
  if (answer !== "yes") return null;
  return [...list.querySelectorAll("input")].filter((box) => box.checked).map((box) => ({ field: box.value, width: widths.get(box.value) }));
}

/** Saves what is shown as a view of one's own; returns the view, or null. */
export async function saveView(look, mine) {
  const name = make("input", { id: "view-name", maxlength: "60", required: true, autocomplete: "off", value: mine?.name ?? "" });
  const shared = make("input", { type: "checkbox", id: "view-shared" });
  shared.checked = mine?.isShared ?? false;
  const fault = make("p", { class: "fault", role: "alert", hidden: true });
  const form = make("form", { method: "dialog" }, make("h2", {}, words("orders.saveTitle")),
    make("div", { class: "field" }, make("label", { for: "view-name" }, words("orders.viewName")), name, fault),
    make("p", {}, shared, " ", make("label", { for: "view-shared" }, words("orders.viewShared"))),
    make("div", { class: "actions" }, mine ? make("button", { class: "button primary", value: "change" }, words("orders.saveChanges")) : null,
      make("button", { class: mine ? "button" : "button primary", value: "new" }, words("orders.saveNew")), mine ? make("button", { class: "button danger", value: "delete", formnovalidate: true }, words("orders.deleteView")) : null,
      make("button", { class: "button", value: "", formnovalidate: true }, words("shell.cancel"))));
  const answer = dialog(form, { label: words("orders.saveTitle") });
  name.focus();
  const wanted = await answer;
  if (!wanted) return null;
  try {
    if (wanted === "delete") {
      if (!await confirm({ title: words("orders.deleteTitle", { name: mine.name }), action: words("orders.deleteView"), tone: "bad" })) return null;
      await api("DELETE", `/api/v1/order-views/${mine.id}`);
      return { isDeleted: true };
    }
    const body = { name: name.value, isShared: shared.checked, ...look };
    return wanted === "change" ? await api("PATCH", `/api/v1/order-views/${mine.id}`, body) : await api("POST", "/api/v1/order-views", body);
  } catch (error) {
    toast(error.detail, { tone: "bad" });
    return null;
  }
}

/** Brings the counts in the row of views up to date. */
export async function refreshCounts(list, format) {
  const { data } = await api("GET", "/api/v1/order-views");
  for (const view of data) {
    const count = list.querySelector(`a[data-view="${CSS.escape(view.id)}"] .n`);
    if (count && view.count) count.textContent = format(view.count.count) + (view.count.isExact ? "" : "+");
  }
  return data;
}
