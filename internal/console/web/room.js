// A room's view: its timeline, and the buttons that lead to what is out of sight.

import { react, say, takeBack } from "/web/api.js";
import { Composer } from "/web/composer.js";
import { Follow } from "/web/follow.js";
import { button, make } from "/web/message.js";
import { Timeline } from "/web/timeline.js";

export class Room {
  #timeline;
  #follow;
  #scroller;
  #list;
  #empty;
  #composer; // in a chat
  #changed; // the button that leads to a card that changed above
  #target = null;

  // visitor is the user id of who looks at the page, and said(text) is called when they say something.
  constructor({ name, title, topic, chat }, visitor, said) {
    Object.assign(this, { name, title, topic, chat });
    this.#empty = make("p", "empty", chat ? "Nobody has said anything yet. Take one of these to begin with, or write." : "Nothing has been told here yet. Send a sample, or let a story be told.");
    this.#list = make("div", "timeline");
    this.#list.setAttribute("role", "log");
    this.#list.setAttribute("aria-live", "off");
    this.#list.setAttribute("aria-label", `Messages in ${title}`);
    const head = make("p", "beside-head", make("span", "", "In the room"), make("span", "", "On a phone, and as plain text"));
    this.#scroller = make("div", "scroller", head, this.#empty, this.#list);
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "region");
    this.#scroller.setAttribute("aria-label", title);
    this.#timeline = new Timeline(this.#list, title, chat && {
      visitor,
      react: (event, key) => react(name, event, key),
      takeBack: (event) => takeBack(name, event),
    });
    const newest = make("button", "pill newest");
    newest.type = "button";
    newest.hidden = true;
    this.#changed = button("pill changed", () => this.#goToChanged(), "", "A message above has changed ↑");
    this.#changed.hidden = true;
    this.element = make("section", "view room", make("div", "lines", this.#changed, this.#scroller, newest));
    if (chat) {
      this.element.classList.add("chat");
      this.#composer = new Composer({ title, hints: chat.hints, visitor }, (text) => {
        said(text);
        this.#follow.toEnd();
        return say(name, text);
      });
      this.element.append(this.#composer.element);
    }
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

  // enter moves the focus to where a person goes on: not on a phone, whose keyboard would come.
  enter() {
    if (!this.#composer || matchMedia("(pointer: coarse)").matches) this.#scroller.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  // passing shows what is no event, such as that somebody types.
  passing({ type, content }) {
    if (type === "m.typing") this.#composer?.typing(content.user_ids ?? []);
  }

  clear() {
    this.#list.setAttribute("aria-live", "off"); // a screen reader hears what comes, not what was
    this.#timeline.clear();
    this.#changed.hidden = true;
  }

  // add shows an event and returns what it became, as Timeline does.
  add(event) {
    this.#composer?.know(event.sender);
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
