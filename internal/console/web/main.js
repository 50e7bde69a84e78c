// Joins the parts of the page.

import { page } from "/web/api.js";
import { offerBeside } from "/web/beside.js";
import { Panel } from "/web/panel.js";
import { Rail } from "/web/rail.js";
import { Room } from "/web/room.js";
import { Teller } from "/web/story.js";
import { Stream } from "/web/stream.js";
import { Trial } from "/web/trial.js";

const byId = (id) => document.getElementById(id);
const soon = 6000; // ms within which what is told is what was just sent

const rooms = new Map(); // by name
const rail = new Rail(byId("rooms"), (view, entered) => {
  for (const room of rooms.values()) room.show(room.name === view);
  if (entered && rooms.get(view)?.chat) rooms.get(view).enter();
  byId("trial").hidden = view !== "try";
  byId("elsewhere").hidden = true;
});
const teller = new Teller(byId("story"));
const panel = new Panel({
  sent() { expected = Date.now(); },
  edit(service, sample) {
    rail.goTo("try");
    trial.edit(service, sample);
  },
  tell(story) {
    rail.goTo(story.room);
    teller.tell(story);
  },
});
const trial = new Trial((button, action) => {
  expected = Date.now();
  return panel.press(button, action);
});
offerBeside(byId("beside"));

let expected = 0; // when something was sent that has not been seen yet
let drawn = ""; // the rooms as they are drawn
let visitor = ""; // a user id

// What was sent may be told in another room than the one that is looked at, and a chat may
// begin in another room than the one in which it was asked for.
function pointTo(event, room) {
  if (room.chat) {
    if (room.chat.direct && !room.shown && event.sender.id !== visitor) offer(`${event.sender.name} wrote to you →`, room);
    return;
  }
  if (Date.now() - expected > soon || offersChat()) return;
  if (room.shown) {
    expected = 0;
    byId("elsewhere").hidden = true;
    return;
  }
  offer(`${event.sender.name} tells it in ${room.title} →`, room);
}

// offersChat says whether the pill leads to somebody who waits for an answer.
const offersChat = () => !byId("elsewhere").hidden && Boolean(rooms.get(byId("elsewhere").dataset.room)?.chat);

function offer(text, room) {
  const button = byId("elsewhere");
  button.dataset.room = room.name;
  button.textContent = text;
  button.onclick = () => rail.goTo(room.name);
  button.hidden = false;
}

byId("elsewhere").addEventListener("click", () => { byId("elsewhere").hidden = true; });

function showConnection(state) {
  const element = byId("connection");
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.firstElementChild.textContent = state;
}

// What stands around the rooms may have changed while the page was away: the program may be
// another one, and another page may have paused the samples.
async function refresh() {
  try {
    draw(await page());
  } catch { /* the connection's state says so already */ }
}

function draw(now) {
  panel.show(now);
  trial.show(now);
  const offered = JSON.stringify(now.rooms);
  if (drawn === offered) return;
  if (drawn) location.reload(); // another program, with other rooms
  drawn = offered;
  visitor = now.visitor;
  for (const each of now.rooms) {
    const room = new Room(each, visitor, (text) => { if (text.startsWith("!hooks")) expected = Date.now(); });
    rooms.set(room.name, room);
    byId("views").append(room.element);
  }
  rail.show(now.rooms);
}

function listen() {
  let live = false;
  new Stream("/api/events", {
    begin(resumed) {
      showConnection("live");
      refresh();
      if (resumed) return;
      live = false;
      rail.forget();
      for (const room of rooms.values()) room.clear();
    },
    event(event) {
      const room = rooms.get(event.room);
      const became = room?.add(event);
      if (became?.kind === "message") rail.reveal(room.name);
      if (!live || !became || became.kind === "line" || became.kind === "reaction") return;
      pointTo(event, room);
      if (became.kind === "message") rail.unread(room.name, Boolean(event.content["m.mentions"]?.room));
    },
    passing(event) {
      rooms.get(event.room)?.passing(event);
    },
    live() {
      live = true;
      for (const room of rooms.values()) room.live();
    },
    lost() {
      showConnection("reconnecting");
    },
  });
}

// The rooms are drawn before their events come.
async function start() {
  try {
    draw(await page());
  } catch {
    showConnection("reconnecting");
    setTimeout(start, 2000);
    return;
  }
  listen();
}

start();

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
});
