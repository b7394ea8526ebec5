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
