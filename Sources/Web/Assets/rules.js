// The rules' editor: line numbers, indenting, completion by keyboard, mistakes at their place while one types, and drafts that survive.
import { api, words, make, keys } from "/assets/console.js";

const checkMilliseconds = 350, keptDays = 14, maximumOffers = 60, lineHeight = 20;
const text = document.getElementById("rules-text");

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    // What is applied is no draft any more; going back to the text keeps it in the form.
    const channel = form.getAttribute("action").split("/")[2];
    if (!event.submitter?.hasAttribute("formaction")) localStorage.removeItem(`crossdock.rules.${channel}`);
  });
}
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent; });
for (const field of document.querySelectorAll('input[type="datetime-local"][name="from"]')) {
  field.addEventListener("input", () => { field.form.querySelector('input[name="when"][value="later"]').checked = field.value !== ""; });
}

if (text) edit();

function edit() {
  const { channel, basedOn } = text.dataset;
  const box = text.parentElement, form = text.form, fault = document.getElementById("rules-fault");
  const began = text.value, draftKey = `crossdock.rules.${channel}`;
  const numbers = make("pre", { class: "numbers", "aria-hidden": "true" });
  const list = make("ul", { class: "offers", role: "listbox", id: "rules-offers", hidden: true });
  const told = make("p", { class: "unseen", role: "status" });
  let vocabulary = null, offers = [], chosen = 0, mayLeave = false, isLeaving = false, wrongLine = 0, checking = 0, timer = 0;

  box.classList.add("numbered");
  box.prepend(numbers);
  box.append(list, told);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", "rules-offers");
  wrongLine = Number(fault.querySelector("b")?.textContent.match(/\d+/)?.[0] ?? 0);
  number();
  api("GET", `/api/v1/channels/${channel}/rules/vocabulary`).then((found) => { vocabulary = found; }, () => {});
  offerDraft();
  if (!fault.firstElementChild && text.value.trim() !== "") check();

  // MARK: lines

  function number() {
    const count = text.value.split("\n").length;
    if (numbers.childElementCount !== count || numbers.dataset.wrong !== String(wrongLine)) {
      numbers.dataset.wrong = String(wrongLine);
      numbers.replaceChildren(...Array.from({ length: count }, (_, index) => make("span", { class: index + 1 === wrongLine ? "wrong" : null }, `${index + 1}\n`)));
      for (const span of numbers.querySelectorAll(".wrong")) span.textContent = span.textContent.trim();
    }
    numbers.scrollTop = text.scrollTop;
  }

  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; close(); });
  new ResizeObserver(() => { numbers.style.height = `${text.offsetHeight}px`; }).observe(text);

  // Through the browser's own editing, so that undo knows of it.
  function insert(start, end, put, caret = put.length) {
    text.focus();
    text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, put)) {
      text.setRangeText(put, start, end, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(start + caret, start + caret);
  }

  // MARK: checking

  text.addEventListener("input", () => {
    number();
    keep();
    clearTimeout(timer);
    timer = setTimeout(check, checkMilliseconds);
    if (!list.hidden || /[\w.\-:,{[ ]$/.test(text.value.slice(0, text.selectionStart))) offer(false);
  });

  async function check() {
    const mine = ++checking, value = text.value;
    if (value.trim() === "") return say(0, make("p", { class: "quiet" }, words("rules.empty")));
    try {
      const good = await api("POST", "/api/v1/rules/check", { text: value });
      if (mine !== checking) return;
      say(0, make("p", { class: "good" }, words(good.rules.length === 1 ? "rules.goodOne" : "rules.good", { count: good.rules.length })));
    } catch (error) {
      if (mine !== checking) return;
      if (error.code !== "bad_rule") return say(0, make("p", { class: "quiet" }, words("rules.notChecked", { reason: error.detail })));
      const { line, column, message, suggestions } = error.problem;
      const note = make("p", { class: "fault" }, make("b", {}, words("rules.place", { line, column })), ` ${message} `);
      if (suggestions.length) note.append(`${words("rules.meant")} `, ...suggestions.flatMap((name) => [make("button", { type: "button", onclick: () => replaceAt(line, column, name) }, name), " "]));
      say(line, note);
    }
  }

  function say(line, note) {
    wrongLine = line;
    if (line) text.setAttribute("aria-invalid", "true"); else text.removeAttribute("aria-invalid");
    fault.replaceChildren(note);
    number();
  }

  function offsetOf(line, column) {
    const lines = text.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    // Columns are counted in characters, not in halves of them.
    return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  }

  function replaceAt(line, column, name) {
    const start = offsetOf(line, column);
    const old = text.value.slice(start).match(/^["']?[\p{L}\p{N}_.\-]*["']?/u)?.[0] ?? "";
    insert(start, start + old.length, name);
    check();
  }

  // MARK: completion

  const operatorWords = ["is", "isNot", "in", "notIn", "contains", "startsWith", "endsWith", "matches", "atLeast", "atMost", "above", "below", "between", "exists", "before", "after"];

  // What can stand at the caret: texts with a word about each.
  function candidates(before) {
    if (!vocabulary) return [];
    const word = before.match(/[\p{L}\p{N}_.\-]*$/u)[0];
    const head = before.slice(0, before.length - word.length);
    const value = (key) => new RegExp(`(?:^|[\\s{,])${key}:\\s*(?:\\[[^\\]]*)?["']?$`).test(head);
    const plain = (all, about = "") => all.map((each) => ({ put: quoted(each), label: each, about }));
    if (value("field")) return vocabulary.fields.map((field) => ({ put: field.name, label: field.name, about: field.kind }));
    if (value("courier")) return plain(vocabulary.couriers);
    if (value("service")) return plain(vocabulary.services);
    if (value("tag")) return plain(vocabulary.tags);
    if (value("zone")) return plain(vocabulary.zones);
    if (value("by")) return plain(["sku", "quantity", "weight", "unit"]);
    if (value("approve") || value("everyLine") || value("exists")) return plain(["true", "false"]);
    const named = before.slice(-600).match(/.*(?:field:\s*([\w.]+)|(region):\s*\{)/s);
    const field = named && !/\bthen:/.test(before.slice(before.length - Math.min(600, before.length) + named[0].length)) ? vocabulary.fields.find((each) => each.name === (named[1] ?? named[2])) : null;
    if (field && operatorWords.some((each) => value(each))) {
      if (field.kind === "region") return vocabulary.regions.map((region) => ({ put: region.code, label: region.code, about: region.name }));
      return plain(field.values);
    }
    const isThen = /\bthen:\s*\{[^}]*$/.test(head) || /\bthen:\s*\n\s+$/.test(head);
    if (isThen && /[{,\n]\s*$/.test(head)) return vocabulary.actions.map((action) => ({ put: actionText(action), label: action, about: "" }));
    if (field && /[{,]\s*$/.test(head)) {
      const more = [...field.operators, ...(field.takesZone ? ["zone"] : []), ...(field.isOfLines ? ["everyLine"] : [])];
      return more.map((each) => ({ put: `${each}: `, label: each, about: field.kind }));
    }
    if (/\bwhen:\s*$/.test(head)) return [{ put: "{field: ", label: "{field: …}", about: "" }, ...vocabulary.combiners.map((each) => ({ put: each === "not" ? "{not: {field: " : `{${each}: [{field: `, label: `{${each}: …}`, about: "" }))];
    if (/(?:all|any|not):\s*\[?\s*$/.test(head) || /\},\s*$/.test(head) && /(?:all|any):\s*\[[^\]]*$/.test(head)) return [{ put: "{field: ", label: "{field: …}", about: "" }];
    if (/\bthen:\s*$/.test(head)) return vocabulary.actions.map((action) => ({ put: `{${actionText(action)}`, label: action, about: "" }));
    if (/\{\s*$/.test(head)) return [{ put: "field: ", label: "field", about: "" }, ...vocabulary.combiners.map((each) => ({ put: `${each}: `, label: each, about: "" })), { put: "region: {in: [", label: "region", about: "" }];
    if (/(^|\n)\s*-\s*$/.test(head)) return [{ put: "name: ", label: "name", about: "" }];
    if (/(^|\n)\s+$/.test(head)) return ["when: ", "then: ", "- name: "].map((put) => ({ put, label: put.slice(0, -2), about: "" }));
    return [];
  }

  function actionText(action) {
    if (action === "split") return "split: {by: ";
    return action === "exclude" || action === "hold" ? `${action}: "` : `${action}: `;
  }

  function quoted(value) {
    return /^[\p{L}\p{N}][\p{L}\p{N}_.\-\/ ]*$/u.test(value) && !/^(true|false|yes|no|on|off|null|~|[\d.]+)$/i.test(value) || /^(true|false)$/.test(value) ? value : JSON.stringify(value);
  }

  function offer(isAsked) {
    const end = text.selectionStart;
    if (text.selectionEnd !== end || text.readOnly) return close();
    const before = text.value.slice(0, end);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (/^\s*#/.test(line)) return close();
    const word = before.match(/[\p{L}\p{N}_.\-]*$/u)[0], typed = word.toLowerCase();
    const all = candidates(before);
    const starts = all.filter((each) => each.label.toLowerCase().startsWith(typed));
    const inside = all.filter((each) => !starts.includes(each) && typed !== "" && (each.label.toLowerCase().includes(typed) || each.about.toLowerCase().includes(typed)));
    offers = [...starts, ...inside].slice(0, maximumOffers);
    if (!offers.length || (!isAsked && offers.length === 1 && offers[0].label === word)) return close();
    chosen = 0;
    list.replaceChildren(...offers.map((each, index) => make("li", { role: "option", id: `rules-offer-${index}`, onmousedown: (event) => { event.preventDefault(); take(index); } }, each.label, make("span", {}, each.about))));
    place(line.length - word.length);
    list.hidden = false;
    mark();
    told.textContent = words("rules.offers", { count: offers.length });
  }

  function place(column) {
    const line = text.value.slice(0, text.selectionStart).split("\n").length;
    const below = (line * lineHeight) + 10 - text.scrollTop;
    list.style.top = `${Math.max(0, Math.min(below, text.offsetHeight - 8))}px`;
    list.style.left = `${Math.max(0, Math.min(numbers.offsetWidth + 8 + column * 7.8 - text.scrollLeft, box.offsetWidth - 248))}px`;
  }

  function mark() {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
    text.setAttribute("aria-activedescendant", `rules-offer-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    if (list.hidden) return;
    list.hidden = true;
    offers = [];
    text.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    const { put } = offers[index];
    const end = text.selectionStart, before = text.value.slice(0, end);
    const word = before.match(/[\p{L}\p{N}_.\-]*$/u)[0];
    const opened = before[end - word.length - 1] === '"' && put.startsWith('"') ? 1 : 0;
    close();
    insert(end - word.length - opened, end, put);
  }

  text.addEventListener("blur", () => { close(); mayLeave = false; });
  text.addEventListener("click", close);

  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer(true);
      return;
    }
    if (!list.hidden) {
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
      if (event.key in steps) {
        event.preventDefault();
        chosen = Math.min(offers.length - 1, Math.max(0, chosen + steps[event.key]));
        if (Math.abs(steps[event.key]) === 1 && offers.length > 1 && event.repeat === false) chosen = (chosen + offers.length) % offers.length;
        return mark();
      }
      if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        return take(chosen);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        return close();
      }
    }
    if (event.key === "Escape") {
      // The next Tab goes on to the next control.
      event.preventDefault();
      event.stopPropagation();
      mayLeave = true;
      return;
    }
    if (event.key === "Tab" && !event.ctrlKey && !event.altKey && !text.readOnly && !mayLeave) {
      event.preventDefault();
      return indent(event.shiftKey);
    }
    if (event.key === "Enter" && !event.shiftKey && !text.readOnly) {
      event.preventDefault();
      const line = text.value.slice(0, text.selectionStart).split("\n").pop();
      return insert(text.selectionStart, text.selectionEnd, `\n${line.match(/^\s*/)[0]}${/^\s*-\s/.test(line) ? "  " : ""}`);
    }
    if (event.key !== "Shift") mayLeave = false;
  });

  function indent(isBack) {
    const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1, through = text.selectionEnd, caret = text.selectionStart;
    if (text.selectionStart === text.selectionEnd && !isBack) return insert(caret, caret, "  ");
    const old = text.value.slice(from, through), lines = old.split("\n");
    const put = lines.map((line) => (isBack ? line.replace(/^ {1,2}/, "") : `  ${line}`)).join("\n");
    insert(from, through, put);
    if (lines.length > 1) text.setSelectionRange(from, from + put.length);
  }

  // MARK: templates

  for (const link of document.querySelectorAll("[data-template]")) {
    link.addEventListener("click", (event) => {
      if (text.readOnly || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const bare = text.value.trim().replace(/\s+/g, " "), template = link.dataset.template;
      if (bare === "" || bare === "rules: []") insert(0, text.value.length, `rules:\n${template}`);
      else insert(text.value.length, text.value.length, `${text.value.endsWith("\n") ? "" : "\n"}${template}`);
      text.scrollTop = text.scrollHeight;
    });
  }

  // MARK: drafts

  function keep() {
    try {
      if (text.value === began) localStorage.removeItem(draftKey);
      else localStorage.setItem(draftKey, JSON.stringify({ text: text.value, basedOn, at: Date.now() }));
    } catch { /* Without storage the draft lives as long as the page. */ }
  }

  function offerDraft() {
    let draft = null;
    try { draft = JSON.parse(localStorage.getItem(draftKey) ?? "null"); } catch { draft = null; }
    if (!draft || text.readOnly || draft.text === text.value || Date.now() - draft.at > keptDays * 86_400_000) return;
    const note = document.getElementById("rules-kept");
    const forget = () => { localStorage.removeItem(draftKey); note.hidden = true; text.focus(); };
    note.className = "notice actions";
    note.append(words("rules.kept"), " ", make("button", { type: "button", onclick: () => { insert(0, text.value.length, draft.text); note.hidden = true; } }, words("rules.restore")),
      make("button", { type: "button", onclick: forget }, words("rules.forget")));
    note.hidden = false;
  }

  // A session that ended is asked for before the text leaves the page.
  form.addEventListener("submit", async (event) => {
    if (isLeaving) return;
    event.preventDefault();
    keep();
    const button = event.submitter;
    try { await api("POST", "/api/v1/rules/check", { text: text.value }); } catch (error) {
      if (error.code === "bad_rule") {
        await check();
        const { line, column } = error.problem;
        text.focus();
        text.setSelectionRange(offsetOf(line, column), offsetOf(line, column));
        text.scrollTop = Math.max(0, (line - 5) * lineHeight);
        return;
      }
      if (error.status === 401 || error.status === 0) return say(0, make("p", { class: "fault" }, error.detail));
    }
    isLeaving = true;
    form.requestSubmit(button ?? undefined);
  });
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("beforeunload", (event) => { if (!isLeaving && !text.readOnly && text.value !== began && !stored()) event.preventDefault(); });

  function stored() {
    try { return JSON.parse(localStorage.getItem(draftKey) ?? "null")?.text === text.value; } catch { return false; }
  }

  keys.add("e", words("rules.edit"), () => text.focus());
  keys.add("Ctrl+Enter", words("rules.review"), () => form.requestSubmit());
}
