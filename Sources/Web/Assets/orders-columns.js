// The grid's columns: what each shows, how wide it is, whether it is edited, and how its value is written as plain text.

import { words, flagWords, page, make } from "/assets/console.js";

/** kind: how a cell is shown and edited. `sort`: the API's name of the column where the server sorts by it. */
export const columns = [
  { field: "number", width: 130, kind: "order", sort: "number" },
  { field: "placedAt", width: 110, kind: "time", sort: "placed" },
  { field: "channel", width: 130, kind: "text", sort: "channel" },
  { field: "workflow", width: 175, kind: "state", sort: "workflow" },
  { field: "fulfilment", width: 130, kind: "state", sort: "fulfilment" },
  { field: "payment", width: 120, kind: "state", sort: "payment" },
  { field: "dueAt", width: 110, kind: "due", sort: "due" },
  { field: "reason", width: 200, kind: "text" },
  { field: "shipTo.name", width: 160, kind: "text", isEdited: true },
  { field: "shipTo.phone", width: 120, kind: "text", isEdited: true },
  { field: "shipTo.line1", width: 220, kind: "text", isEdited: true },
  { field: "shipTo.line2", width: 140, kind: "text", isEdited: true },
  { field: "shipTo.subdistrict", width: 120, kind: "text", isEdited: true },
  { field: "shipTo.district", width: 120, kind: "text", isEdited: true },
  { field: "shipTo.city", width: 120, kind: "text", isEdited: true },
  { field: "shipTo.province", width: 140, kind: "text", isEdited: true },
  { field: "shipTo.postcode", width: 90, kind: "text", isEdited: true },
  { field: "shipTo.countryCode", width: 80, kind: "text", isEdited: true },
  { field: "lines", width: 220, kind: "lines", isEdited: true },
  { field: "totals.shipping", width: 100, kind: "amount", isEdited: true },
  { field: "totals.discount", width: 100, kind: "amount", isEdited: true },
  { field: "total", width: 120, kind: "total", sort: "total" },
  { field: "payment.codAmount", width: 100, kind: "amount", isEdited: true },
  { field: "shipping.requestedCarrier", width: 130, kind: "courier", isEdited: true },
  { field: "tags", width: 140, kind: "tags", isEdited: true },
  { field: "note", width: 220, kind: "note", isEdited: true },
  { field: "tracking", width: 140, kind: "text" },
  { field: "flags", width: 220, kind: "flags" },
  { field: "buyer.name", width: 150, kind: "text", isEdited: true },
  { field: "buyer.phone", width: 120, kind: "text", isEdited: true },
  { field: "buyer.email", width: 180, kind: "text", isEdited: true },
  { field: "payment.method", width: 120, kind: "text" },
  { field: "updatedAt", width: 110, kind: "time", sort: "updated" },
];

export const byField = new Map(columns.map((column) => [column.field, column]));

/** What a view shows that chose no columns. */
export const usual = ["number", "placedAt", "channel", "workflow", "dueAt", "shipTo.name", "shipTo.phone", "shipTo.line1", "shipTo.district", "shipTo.province", "shipTo.postcode",
  "lines", "total", "shipping.requestedCarrier", "tags", "note", "reason", "flags"];

export function title(field) {
  return words(`orders.column.${field.replace(/\./g, "-")}`);
}

const personal = new Set(["buyer.name", "buyer.email", "buyer.phone", "shipTo.name", "shipTo.company", "shipTo.phone", "shipTo.line1", "shipTo.line2", "note"]);
export function isPersonal(field) { return personal.has(field); }

const tones = {
  workflow: { awaitingConfirmation: "warn", edited: "warn", synced: "good", processed: "good", excluded: "off", cancelled: "off" },
  fulfilment: { delivered: "good", deliveryFailed: "bad", returning: "bad", returned: "bad", lost: "bad", unfulfilled: "off" },
  payment: { paid: "good", authorised: "good", unpaid: "warn", partiallyRefunded: "off", refunded: "off", voided: "off" },
};

export function stateWord(axis, value) { return words(`model.${axis}.${value}`); }

/** The name under which the API knows a cell's value; lines have one for each quantity and price. */
export function lineField(line, part) { return `lines.${line.id}.${part}`; }

// MARK: plain text

/** A cell as plain text, for the clipboard and for comparing. */
export function plain(row, field, clock) {
  const column = byField.get(field);
  const value = row[field];
  switch (column?.kind) {
    case "lines": return (value ?? []).map((line) => `${line.quantity} × ${line.sku ?? line.title}`).join(", ");
    case "flags": return (value ?? []).map(flagWords).join(" ");
    case "state": return value ? stateWord(field, value) : "";
    case "time": case "due": return value ? clock.text(value) : "";
    case "total": return value ? `${value} ${row.currency}` : "";
    case "courier": return value ?? row.courier ?? "";
    default: return value ?? "";
  }
}

/** Moments in the workspace's zone. */
export class Clock {
  constructor(zone) {
    const locale = page.language === "en" ? "en-GB" : page.language;
    const make = (options) => { try { return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }); } catch { return new Intl.DateTimeFormat(locale, options); } };
    this.day = make({ year: "numeric", month: "2-digit", day: "2-digit" });
    this.clock = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.short = make({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.long = make({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  full(time) {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? "" : this.long.format(date);
  }

  text(time) {
    const date = new Date(time), now = new Date();
    if (Number.isNaN(date.getTime())) return "";
    if (this.day.format(date) === this.day.format(now)) return this.clock.format(date);
    return (Math.abs(now - date) < 300 * 86_400_000 ? this.short : this.long).format(date);
  }
}

// MARK: cells

/** A cell's contents as an element: texts are texts, never markup. */
export function show(row, field, clock) {
  const column = byField.get(field), value = row[field];
  switch (column?.kind) {
    case "order": return make("a", { href: `/orders/${row.id}`, tabindex: "-1" }, make("bdi", {}, value));
    case "state": return make("span", { class: `state ${tones[field]?.[value] ?? "going"}` }, stateWord(field, value));
    case "time": return make("time", { datetime: value, title: clock.full(value) }, clock.text(value));
    case "due": {
      if (!value) return document.createTextNode("");
      const isLate = new Date(value) < new Date();
      return make("time", { datetime: value, class: isLate ? "state bad" : null, title: clock.full(value) }, clock.text(value));
    }
    case "total": return document.createTextNode(new Intl.NumberFormat(page.language, { minimumFractionDigits: (value.split(".")[1] ?? "").length }).format(Number(value)) + ` ${row.currency}`);
    case "tags": {
      const box = make("span", { class: "tags" });
      for (const tag of (value ?? "").split(",").map((one) => one.trim()).filter(Boolean)) box.append(make("span", { class: "pill" }, make("bdi", {}, tag)));
      return box;
    }
    case "courier": return value ? make("bdi", {}, value) : make("bdi", { class: "quiet" }, row.courier ?? "");
    case "flags": return (value ?? []).length ? make("span", { class: "state warn" }, make("bdi", {}, plain(row, field, clock))) : document.createTextNode("");
    default: return make("bdi", {}, plain(row, field, clock));
  }
}
