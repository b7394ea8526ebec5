/* A page that nobody looks at keeps no stream of events: browsers open six connections to a box, tabs included. */

const openStream = htmx.createEventSource;
const openStreams = new Set();
let pausedStreams = [];

htmx.createEventSource = (url) => {
  const stream = openStream(url);
  for (const one of openStreams) if (one.readyState === EventSource.CLOSED) openStreams.delete(one);
  openStreams.add(stream);
  if (document.hidden) pauseStreams();
  return stream;
};

function pauseStreams() {
  for (const one of openStreams) one.close();
  pausedStreams.push(...openStreams);
  openStreams.clear();
}

/* The extension opens anew what has failed, and fetches what was missed meanwhile. */
function resumeStreams() {
  const closed = pausedStreams;
  pausedStreams = [];
  for (const one of closed) one.onerror?.(new Event("error"));
}

document.addEventListener("visibilitychange", () => (document.hidden ? pauseStreams() : resumeStreams()));
