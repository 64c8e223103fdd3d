// Brings a page up to date part by part, without moving it under the hand. A part is an element with data-part; the server names the parts alike.

const handRestsMilliseconds = 2500;
let movedAt = 0, underHand = null;

document.addEventListener("pointermove", (event) => { movedAt = Date.now(); underHand = event.target instanceof Element ? event.target.closest("[data-part]") : null; }, { passive: true });

// A part in which somebody marks text, writes, or moves the pointer right now waits for a quiet moment.
function isInUse(part) {
  const chosen = document.getSelection();
  if (chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode)) return true;
  const active = document.activeElement;
  if (part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) return true;
  if ([...part.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue)) return true;
  if (part.querySelector("details.act[open]")) return true;
  return underHand === part && Date.now() - movedAt < handRestsMilliseconds;
}

function replace(part, next, adapt) {
  const focused = part.contains(document.activeElement) ? { href: document.activeElement.getAttribute("href"), label: document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent } : null;
  const known = new Set([...part.querySelectorAll("td.key a")].map((link) => link.getAttribute("href")));
  const scrolled = [...part.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  const open = new Map([...part.querySelectorAll("details")].map((one, at) => [one.id || at, one.open]));
  adapt?.(part, next);
  part.replaceChildren(...next.childNodes);
  part.querySelectorAll("details").forEach((one, at) => { one.open = open.get(one.id || at) ?? one.open; });
  part.querySelectorAll(".scroll").forEach((box, at) => { box.scrollLeft = scrolled[at] ?? 0; });
  if (known.size > 0) for (const link of part.querySelectorAll("td.key a")) if (!known.has(link.getAttribute("href"))) link.closest("tr").classList.add("fresh");
  if (focused) {
    const alike = (one) => (one.getAttribute("aria-label") ?? one.textContent) === focused.label && one.getAttribute("href") === focused.href;
    [...part.querySelectorAll("a, button, summary")].find(alike)?.focus({ preventScroll: true });
  }
}

/**
 * `board` holds the parts, `address` answers with them. `adapt(part, next)` runs before a part is replaced, `after(parts)` with the names of those that were.
 * The answer has soon(): asks at the next good moment, at most every `apart` milliseconds.
 */
export function keepUp(board, address, { apart = 2000, adapt = null, after = null, isHeld = () => false } = {}) {
  // What the server said last of each part: only a part that differs is touched.
  const told = new Map();
  let isAsking = false, lastAsked = 0, timer = 0;
  const remember = () => { for (const part of board.querySelectorAll("[data-part]")) told.set(part.dataset.part, part.innerHTML); };
  const names = (root) => [...root.querySelectorAll("[data-part]")].map((part) => part.dataset.part).join(" ");

  function anchor() {
    const held = board.contains(document.activeElement) && document.activeElement !== board ? document.activeElement : underHand;
    const part = held?.isConnected ? held.closest("[data-part]") : null;
    return part ? { name: part.dataset.part, top: part.getBoundingClientRect().top } : null;
  }

  function show(next) {
    const before = anchor(), changed = [];
    let isDelayed = false;
    if (names(next) !== names(board)) {
      board.replaceChildren(...next.childNodes);
      remember();
      changed.push(...told.keys());
    } else {
      for (const part of next.querySelectorAll("[data-part]")) {
        const name = part.dataset.part, html = part.innerHTML, mine = board.querySelector(`[data-part="${name}"]`);
        if (told.get(name) === html) continue;
        if (isInUse(mine)) { isDelayed = true; continue; }
        told.set(name, html);
        mine.className = part.className;
        replace(mine, part, adapt);
        changed.push(name);
      }
    }
    if (before) {
      const top = board.querySelector(`[data-part="${before.name}"]`)?.getBoundingClientRect().top;
      if (top !== undefined && top !== before.top) scrollBy({ top: top - before.top, behavior: "instant" });
    }
    if (changed.length > 0) after?.(changed, next);
    if (isDelayed) soon(handRestsMilliseconds);
  }

  async function refresh() {
    if (isAsking || document.hidden || isHeld()) return;
    isAsking = true;
    lastAsked = Date.now();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html", "HX-Request": "true" }, cache: "no-store" });
      if (answer.status === 401) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const body = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (!isHeld() && board.isConnected) show(board.id && body.querySelector(`#${board.id}`) ? body.querySelector(`#${board.id}`) : body);
    } catch {
      // The bar at the top says that the hub is gone; the next round asks again.
    } finally {
      isAsking = false;
    }
  }

  function soon(least = 0) {
    if (timer !== 0) return;
    timer = setTimeout(() => { timer = 0; refresh(); }, Math.max(100, least, lastAsked + apart - Date.now()));
  }

  remember();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  return { soon, refresh };
}
