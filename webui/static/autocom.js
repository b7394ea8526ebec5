/* What the pages need besides htmx. */

/* A list is not replaced under somebody who is listening to a message in it. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const playing = [...event.target.querySelectorAll("audio")].find((audio) => !audio.paused && !audio.ended);
  if (!playing) return;
  event.detail.shouldSwap = false;
  const again = () => htmx.trigger(event.target, "listened");
  playing.addEventListener("pause", again, { once: true });
});

/* A button that prints, where there is a script to do it. */
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});

/* A drawing broader than the page starts at the path that is taken. */
function showTakenPath() {
  for (const scroll of document.querySelectorAll(".drawing .scroll")) {
    const taken = [...scroll.querySelectorAll(".box.lit")].map((box) => box.getBoundingClientRect());
    if (!taken.length) continue;
    const middle = taken.reduce((sum, box) => sum + box.left + box.width / 2, 0) / taken.length;
    const frame = scroll.getBoundingClientRect();
    scroll.scrollLeft += middle - (frame.left + frame.width / 2);
  }
}

document.addEventListener("DOMContentLoaded", showTakenPath);
document.addEventListener("htmx:afterSettle", showTakenPath);

/* What was refused is read first, and each fault leads to the input where it is told. */
function inputOf(field) {
  const parts = field.split(".");
  for (; parts.length; parts.pop()) {
    const input = document.querySelector(`[aria-describedby~="${CSS.escape(`e-${parts.join(".")}`)}"]`);
    if (input) return input;
  }
  return null;
}

function linkFaults() {
  for (const fault of document.querySelectorAll("#refused li[data-field]")) {
    const input = inputOf(fault.dataset.field);
    if (!input || fault.querySelector("a")) continue;
    const link = document.createElement("a");
    link.href = `#${input.id || "record"}`;
    link.append(...fault.childNodes);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (let part = input; part; part = part.parentElement) if (part.localName === "details") part.open = true;
      input.focus();
    });
    fault.append(link);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  linkFaults();
  document.getElementById("refused")?.focus();
});
document.addEventListener("htmx:afterSettle", linkFaults);
