/* What a swap takes away from whoever uses the page is given back: the focus, and what was unfolded. */

const CONTROLS = "input:not([type=hidden]), select, textarea, button, a[href], summary";
/* A swap that was given up must not move the focus later. */
const SETTLES_WITHIN_MS = 1000;

let kept = null;

/* The same control before and after the swap. */
const likeness = (one) =>
  [one.localName, one.name, one.localName === "button" && one.value, one.getAttribute("href"), one.form?.action].join(" ");
const controls = () => [...document.querySelectorAll(CONTROLS)].filter((one) => one.checkVisibility());
const alike = (like) => controls().filter((one) => likeness(one) === like);
/* What can be unfolded in a part: several may have the same words, as the steps of a path do. */
const summaries = (part) => {
  const seen = {};
  return [...part.querySelectorAll("details > summary")].map((one) => {
    const words = one.textContent;
    seen[words] = (seen[words] ?? 0) + 1;
    return { details: one.parentElement, key: `${words} ${seen[words]}` };
  });
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target;
  if (!event.detail.shouldSwap) return;
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  // A second swap before the first has settled finds nothing held.
  if (!held && kept?.like && Date.now() - kept.at <= SETTLES_WITHIN_MS) return;
  kept = {
    part: part.id || "content",
    at: Date.now(),
    names: new Set(controls().map((one) => one.name)),
    like: held && likeness(held),
    place: held ? alike(likeness(held)).indexOf(held) : 0,
    wish: held?.name === "do" ? held.value : "",
    unfolded: new Set(summaries(part).filter((one) => one.details.open).map((one) => one.key)),
  };
});

document.addEventListener("htmx:afterSettle", (event) => {
  const part = kept && document.getElementById(kept.part);
  if (!part?.contains(event.target) || Date.now() - kept.at > SETTLES_WITHIN_MS) return;
  const before = kept;
  kept = null;
  for (const one of summaries(part)) if (before.unfolded.has(one.key)) one.details.open = true;
  if (before.like && document.activeElement === document.body) next(before, part)?.focus();
});

/* Where to go on: at what is wrong, what was added or made, else at what stands where the held one stood. */
function next(before, part) {
  const [verb, path] = before.wish.split(":");
  const within = controls().filter((one) => part.contains(one));
  const named = (start) => within.filter((one) => one.name?.startsWith(start));
  if (verb === "create") {
    const asked = named(`${path}.new.`);
    return asked.find((one) => one.getAttribute("aria-invalid")) ?? asked[0] ?? named(`${path}.pick`)[0];
  }
  const added = verb === "add" && named(path).find((one) => !before.names.has(one.name));
  if (added) return added;
  const [, rows, row] = path?.match(/^(.*)\.(\d+)$/) ?? [];
  const wished = (wish) => within.find((one) => one.name === "do" && one.value === wish);
  if (verb === "up") return wished(`up:${rows}.${row - 1}`) ?? named(`${rows}.${row - 1}.`)[0];
  const same = alike(before.like);
  return same[Math.min(before.place, same.length - 1)] ?? named(`${rows}.`).at(-1) ?? wished(`add:${rows}`);
}
