// A room's view: its timeline, and the buttons that lead to what is out of sight.

import { Follow } from "/web/follow.js";
import { button, make } from "/web/message.js";
import { Timeline } from "/web/timeline.js";

export class Room {
  #timeline;
  #follow;
  #scroller;
  #list;
  #empty = make("p", "empty", "Nothing has been told here yet. Send a sample, or let a story be told.");
  #changed; // the button that leads to a card that changed above
  #target = null;

  constructor({ name, title, topic }) {
    Object.assign(this, { name, title, topic });
    this.#list = make("div", "timeline");
    this.#list.setAttribute("role", "log");
    this.#list.setAttribute("aria-live", "off");
    this.#list.setAttribute("aria-label", `Messages in ${title}`);
    const head = make("p", "beside-head", make("span", "", "In the room"), make("span", "", "On a phone, and as plain text"));
    this.#scroller = make("div", "scroller", head, this.#empty, this.#list);
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "region");
    this.#scroller.setAttribute("aria-label", title);
    this.#timeline = new Timeline(this.#list, title);
    const newest = make("button", "pill newest");
    newest.type = "button";
    newest.hidden = true;
    this.#changed = button("pill changed", () => this.#goToChanged(), "", "A message above has changed ↑");
    this.#changed.hidden = true;
    this.element = make("section", "view room", this.#changed, this.#scroller, newest);
    this.element.setAttribute("aria-label", title);
    this.element.dataset.room = name;
    this.element.hidden = true;
    this.#follow = new Follow(this.#scroller, newest);
    this.#scroller.addEventListener("scroll", () => { if (!this.#isAbove(this.#target)) this.#changed.hidden = true; }, { passive: true });
    this.#empty.hidden = true;
  }

  get shown() {
    return !this.element.hidden;
  }

  show(visible) {
    this.element.hidden = !visible;
    if (visible) this.#follow.shown();
  }

  clear() {
    this.#list.setAttribute("aria-live", "off"); // a screen reader hears what comes, not what was
    this.#timeline.clear();
    this.#changed.hidden = true;
  }

  // add shows an event and returns what it became, as Timeline does.
  add(event) {
    const became = this.#timeline.add(event);
    if (!this.#timeline.live || !became) return became;
    this.#empty.hidden = !this.#timeline.isEmpty;
    this.#follow.changed(became.kind === "message" ? 1 : 0);
    if (became.kind === "edit" && this.shown && this.#isAbove(became.element)) {
      this.#target = became.element;
      this.#changed.hidden = false;
    }
    return became;
  }

  live() {
    if (!this.#timeline.live) this.#follow.toEnd();
    this.#timeline.live = true;
    this.#empty.hidden = !this.#timeline.isEmpty;
    this.#list.setAttribute("aria-live", "polite");
  }

  #isAbove(element) {
    return element?.isConnected && element.getBoundingClientRect().bottom < this.#scroller.getBoundingClientRect().top + 24;
  }

  #goToChanged() {
    this.#changed.hidden = true;
    this.#timeline.goTo(this.#target);
    this.#scroller.focus({ preventScroll: true }); // the button goes away
  }
}
