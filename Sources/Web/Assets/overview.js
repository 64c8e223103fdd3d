// Brings the live part up to date: every two seconds, and at once when an order changes. Without scripts the page reloads itself.
const live = document.getElementById("live");
const standing = document.getElementById("standing");
const everyMilliseconds = 2000, atLeastApartMilliseconds = 400;
let isAsking = false, lastAsked = 0, pending = 0;

function isInUse() {
  const chosen = document.getSelection();
  return chosen !== null && !chosen.isCollapsed && live.contains(chosen.anchorNode);
}

async function refresh() {
  if (isAsking || document.hidden || isInUse()) return;
  isAsking = true;
  lastAsked = Date.now();
  try {
    const answer = await fetch("/fragment", { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    tell("live", false);
  } catch {
    tell("The hub does not answer; trying again.", true);
  } finally {
    isAsking = false;
  }
}

// Only a change is written: a screen reader would read it again.
function tell(words, isLost) {
  if (standing.textContent !== words) standing.textContent = words;
  standing.classList.toggle("lost", isLost);
}

// What is new among the orders is lit up; the tables keep their sideways scroll and a link keeps its focus.
function show(next) {
  const known = new Set([...live.querySelectorAll(".orders .key a")].map((link) => link.getAttribute("href")));
  const scrolled = [...live.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  live.replaceChildren(...next.body.childNodes);
  if (known.size > 0) {
    for (const link of live.querySelectorAll(".orders .key a")) {
      if (!known.has(link.getAttribute("href"))) link.closest("tr").classList.add("fresh");
    }
  }
  live.querySelectorAll(".scroll").forEach((box, at) => { box.scrollLeft = scrolled[at] ?? 0; });
  if (focused !== null) [...live.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

function soon() {
  if (pending !== 0) return;
  pending = setTimeout(() => { pending = 0; refresh(); }, Math.max(50, lastAsked + atLeastApartMilliseconds - Date.now()));
}

async function follow() {
  try {
    const answer = await fetch("/api/v1/events/stream", { headers: { Accept: "text/event-stream" } });
    if (!answer.ok || answer.body === null) return;
    tell("live", false);
    const reader = answer.body.getReader();
    for (;;) {
      const { done } = await reader.read();
      if (done) break;
      soon();
    }
  } catch {
    // The two-second round goes on; the stream is opened again below.
  }
  setTimeout(follow, 5000);
}

setInterval(refresh, everyMilliseconds);
document.addEventListener("visibilitychange", refresh);
follow();
