// Joins the parts of the page.

import { page } from "/web/api.js";
import { Follow } from "/web/follow.js";
import { Panel } from "/web/panel.js";
import { Stream } from "/web/stream.js";
import { Timeline } from "/web/timeline.js";

const byId = (id) => document.getElementById(id);

const list = byId("timeline");
const timeline = new Timeline(list);
const follow = new Follow(byId("scroller"), byId("newest"));
const panel = new Panel();

function showConnection(state) {
  const element = byId("connection");
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.firstElementChild.textContent = state;
}

// What stands around the room may have changed while the page was away: the program may be
// another one, and another page may have paused the samples.
async function refresh() {
  try {
    const now = await page();
    byId("room-name").textContent = now.room;
    document.title = `${now.room} – lotus-hooks demo`;
    panel.show(now);
  } catch { /* the connection's state says so already */ }
}

new Stream("/api/events", {
  begin(resumed) {
    showConnection("live");
    refresh();
    if (resumed) return;
    list.setAttribute("aria-live", "off"); // a screen reader hears what comes, not what was
    timeline.clear();
  },
  event(event) {
    const became = timeline.add(event);
    if (!timeline.live) return;
    if (became) follow.changed(became === "message" ? 1 : 0);
    byId("empty").hidden = !timeline.isEmpty;
  },
  live() {
    if (!timeline.live) follow.toEnd();
    timeline.live = true;
    byId("empty").hidden = !timeline.isEmpty;
    list.setAttribute("aria-live", "polite");
  },
  lost() {
    showConnection("reconnecting");
  },
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
});
