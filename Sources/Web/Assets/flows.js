// Channels and flows: parts that refresh themselves, copying an address, keys for lists. Everything works without it.
import { confirm, keys, make, toast, words } from "/assets/console.js";

// MARK: parts that change by themselves

const everyMilliseconds = 4000;

async function refresh(part) {
  // What a person is about to do there is not swept away.
  if (document.hidden || part.querySelector("input:focus, select:focus, textarea:focus, details[open]") || document.querySelector("dialog[open]")) return;
  let answer;
  try {
    answer = await fetch(part.dataset.refresh, { headers: { "HX-Request": "true", Accept: "text/html" }, cache: "no-store" });
  } catch {
    return;
  }
  if (!answer.ok) return;
  const text = await answer.text();
  if (part.lastText === text) return;
  part.lastText = text;
  const focused = document.activeElement, isInside = part.contains(focused);
  const mark = isInside ? (focused.getAttribute("href") ?? focused.closest("form")?.getAttribute("action")) : null, word = isInside ? focused.textContent : "";
  part.replaceChildren(document.createRange().createContextualFragment(text));
  if (!mark) return;
  const again = [...part.querySelectorAll("a, button")].find((one) => (one.getAttribute("href") ?? one.closest("form")?.getAttribute("action")) === mark && (one.textContent === word || one.tagName === "A"));
  again?.focus({ preventScroll: true });
}

for (const part of document.querySelectorAll("[data-refresh]")) setInterval(() => refresh(part), everyMilliseconds);

// MARK: copying

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(words("channels.copied"));
  });
}
for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());

// MARK: forms that take a while

for (const form of document.querySelectorAll("form[data-working]")) {
  form.addEventListener("submit", () => {
    form.append(make("p", { class: "quiet", role: "status" }, form.dataset.working));
    // After the browser has taken the button's own value along; a second click would ask twice.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-working] button").forEach((button) => { button.disabled = false; });
});

document.getElementById("checks")?.focus();
document.querySelector('[aria-invalid="true"]')?.focus();

// MARK: keys

const fresh = document.querySelector('a[data-key="n"]'), settings = document.querySelector('a[data-key="e"]');
if (fresh) keys.add("n", fresh.textContent, () => fresh.click());
if (settings) keys.add("e", settings.textContent, () => settings.click());

const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
let current = -1;

function stand(index) {
  const all = rows();
  if (all.length === 0) return;
  all[current]?.classList.remove("current");
  current = Math.max(0, Math.min(all.length - 1, index));
  all[current].classList.add("current");
  all[current].scrollIntoView({ block: "nearest" });
  (all[current].querySelector("[data-open]") ?? all[current].querySelector("a, button"))?.focus({ preventScroll: true });
}

if (rows().length > 0) {
  keys.add("j", words("flows.keyNext"), () => stand(current + 1));
  keys.add("k", words("flows.keyPrevious"), () => stand(current - 1));
  keys.add("x", words("flows.keyChoose"), () => rows()[current]?.querySelector('input[type="checkbox"]')?.click());
  if (document.querySelector("[data-edit]")) keys.add("e", words("flows.keyEdit"), () => (rows()[Math.max(current, 0)]?.querySelector("[data-edit]"))?.click());
}
if (document.querySelector("form[data-retry]")) {
  keys.add("r", words("flows.keyRetry"), async () => {
    const form = rows()[current]?.querySelector("form[data-retry]") ?? document.querySelector(".actions form[data-retry]") ?? document.querySelector("form[data-retry]");
    if (await confirm({ title: words("flows.sure"), action: form.querySelector("button").textContent })) form.requestSubmit();
  });
}
