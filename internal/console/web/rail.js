// The list of rooms, and which view is shown: the address's hash says it, so that a browser's
// back and a link work.

import { make } from "/web/message.js";

const trial = "try";

export class Rail {
  #box;
  #change;
  #links = new Map(); // by view: {link, count, unread, rings, title, topic}
  current = "";

  // change(view, entered) is called when another view is to be shown: entered says that a
  // person went there.
  constructor(box, change) {
    this.#box = box;
    this.#change = change;
    addEventListener("hashchange", () => this.#follow(true));
  }

  show(rooms) {
    this.#links.clear();
    const all = rooms.map(({ name, title, topic, chat }) => ({ name, title, topic, direct: chat?.direct }));
    all.push({ name: trial, title: "Try a webhook", topic: "What a payload becomes, and where it would go" });
    this.#box.replaceChildren(...all.map((view, i) => this.#link(view, i)));
    this.current = "";
    this.#follow();
  }

  goTo(view) {
    if (view !== this.current) location.hash = view;
  }

  // reveal lists a direct chat, in which something has been said.
  reveal(room) {
    const entry = this.#links.get(room);
    if (entry) entry.link.hidden = false;
  }

  // forget begins anew, as nothing has been said anywhere.
  forget() {
    for (const [name, entry] of this.#links) {
      entry.link.hidden = Boolean(entry.direct) && name !== this.current;
      this.#read(entry);
    }
  }

  // unread counts a message in a room that is not shown; rings is one that is for everybody.
  unread(room, rings) {
    const link = this.#links.get(room);
    if (!link || room === this.current) return;
    link.unread++;
    link.rings ||= rings;
    this.#draw(link);
  }

  #link(view, i) {
    const icon = make("span", "room-icon", view.name === trial ? "+" : view.direct ? "@" : "#");
    icon.setAttribute("aria-hidden", "true");
    icon.dataset.hue = i;
    const count = make("span", "unread");
    const link = make("a", "room-link", icon, make("span", "room-title", view.title), count);
    link.href = `#${view.name}`;
    link.hidden = Boolean(view.direct);
    this.#links.set(view.name, { ...view, link, count, unread: 0, rings: false });
    return link;
  }

  #follow(entered = false) {
    const wanted = location.hash.slice(1);
    const view = this.#links.has(wanted) ? wanted : this.#links.keys().next().value;
    if (view === this.current || !view) return;
    this.current = view;
    for (const [name, entry] of this.#links) {
      if (name === view) entry.link.setAttribute("aria-current", "page");
      else entry.link.removeAttribute("aria-current");
    }
    this.reveal(view);
    const entry = this.#links.get(view);
    this.#read(entry);
    document.getElementById("view-title").textContent = entry.title;
    document.getElementById("view-topic").textContent = entry.topic;
    document.title = `${entry.title} – lotus-hooks demo`;
    entry.link.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#change(view, entered);
  }

  #read(entry) {
    entry.unread = 0;
    entry.rings = false;
    this.#draw(entry);
  }

  #draw({ count, unread, rings, link, title }) {
    count.textContent = unread === 0 ? "" : unread > 99 ? "99+" : String(unread);
    count.classList.toggle("rings", rings);
    if (unread) link.setAttribute("aria-label", `${title}, ${unread} unread`);
    else link.removeAttribute("aria-label");
  }
}
