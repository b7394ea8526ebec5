/* A part of a page that is fetched anew is put in only when it differs, and what it tells is told only once. */

const TOLD = "[role=alert], [role=status], [data-told]";

const written = (elements) => [...elements].map((one) => one.outerHTML).join("");

/* What is there, as it was written. */
function stands(target) {
  const copy = target.cloneNode(true);
  for (const one of copy.querySelectorAll("[data-told]")) {
    one.setAttribute("role", one.dataset.told);
    delete one.dataset.told;
  }
  return { state: copy.dataset.state, text: written(copy.children) };
}

/* What would be put in: the part itself carries marks of the request under way, so only what is in it counts. */
function comesIn(template, target) {
  const select = target.getAttribute("hx-select");
  const chosen = select ? template.content.querySelectorAll(select) : template.content.children;
  const isItself = chosen.length === 1 && target.id && chosen[0].id === target.id;
  return isItself
    ? { state: chosen[0].dataset.state, text: written(chosen[0].children) }
    : { state: target.dataset.state, text: written(chosen) };
}

/* What was told already is not told again to whoever listens to the page. */
function hush(template, target) {
  const told = new Set([...target.querySelectorAll(TOLD)].map((one) => one.textContent.trim()));
  for (const one of template.content.querySelectorAll(TOLD)) {
    if (!told.has(one.textContent.trim())) continue;
    one.dataset.told = one.getAttribute("role");
    one.setAttribute("role", "note");
  }
  return template.innerHTML;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail, target } = event;
  const refreshesItself = detail.requestConfig?.elt === target && !target.hasAttribute("hx-select-oob");
  if (!detail.shouldSwap || !refreshesItself) return;
  const template = document.createElement("template");
  template.innerHTML = detail.serverResponse;
  const [there, next] = [stands(target), comesIn(template, target)];
  if (there.state === next.state && there.text === next.text) detail.shouldSwap = false;
  else detail.serverResponse = hush(template, target);
});
