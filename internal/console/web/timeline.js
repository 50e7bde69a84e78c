// The timeline turns events into lines, in the order of the room: it groups, replaces what
// was edited, quotes what is replied to, and parts the days.

import { card, dayOf, daySeparator, membership, message, quote } from "/web/message.js";

const groupWithin = 5 * 60 * 1000; // ms between two messages under one head
const keep = 1000; // lines, so that a page left open does not grow for ever

export class Timeline {
  #list;
  #messages = new Map(); // by event id: {event, content, edited, element}
  #joined = new Map(); // by user id
  #previous = null; // the last line's {sender, time, day}

  // live is false while the page gets what has been, which draws nobody's eye.
  live = false;

  constructor(list) {
    this.#list = list;
  }

  get isEmpty() {
    return this.#messages.size === 0;
  }

  clear() {
    this.#list.replaceChildren();
    this.#messages.clear();
    this.#joined.clear();
    this.#previous = null;
    this.live = false;
  }

  // add shows an event and tells what it became: "message", "edit", "line" or nothing.
  add(event) {
    switch (event.type) {
      case "m.room.message": return this.#replaces(event) ? this.#edit(event) : this.#message(event);
      case "m.room.member": return this.#member(event);
      case "m.room.redaction": return this.#redact(event);
      default: return null;
    }
  }

  #replaces(event) {
    return event.content["m.relates_to"]?.rel_type === "m.replace";
  }

  #message(event) {
    const { content } = event;
    if (typeof content.body !== "string" || this.#messages.has(event.id)) return null; // no body: redacted
    const previous = this.#startLine(event.time);
    const repliesTo = content["m.relates_to"]?.["m.in_reply_to"]?.event_id;
    const target = this.#messages.get(repliesTo);
    const body = card(content, false);
    const element = message(event, {
      grouped: previous?.sender === event.sender.id && event.time - previous.time < groupWithin,
      reply: repliesTo && quote(target && { sender: target.event.sender, content: target.content }, () => this.#goTo(repliesTo)),
      body,
    });
    this.#append(element, event.sender.id, event.time);
    this.#messages.set(event.id, { event, content, element, body });
    element.dataset.event = event.id;
    return "message";
  }

  // An edit changes what the sender's own message says, where it stands.
  #edit(event) {
    const target = this.#messages.get(event.content["m.relates_to"].event_id);
    const content = event.content["m.new_content"];
    if (!target || !content || target.event.sender.id !== event.sender.id) return null;
    const open = [...target.body.querySelectorAll("details")].map((fold) => fold.open);
    const body = card(content, true);
    body.querySelectorAll("details").forEach((fold, i) => { fold.open = open[i] ?? false; });
    target.body.replaceWith(body);
    target.body = body;
    target.content = content;
    if (this.live) flash(target.element);
    return "edit";
  }

  #member(event) {
    if (!event.subject) return null;
    const was = this.#joined.get(event.subject.id) ?? false;
    const is = event.content.membership === "join";
    this.#joined.set(event.subject.id, is);
    if (was === is) return null; // invited, or a changed name or picture
    this.#startLine(event.time);
    this.#append(membership(event, is ? "joined" : "left"), "", event.time);
    return "line";
  }

  #redact(event) {
    const target = this.#messages.get(event.content.redacts);
    if (!target) return null;
    const body = card({ msgtype: "m.notice", body: "Message deleted" }, false);
    target.body.replaceWith(body);
    target.body = body;
    target.content = { body: "Message deleted" };
    return "edit";
  }

  // startLine parts the days, and returns the line before if it is of the same one.
  #startLine(time) {
    const today = dayOf(time);
    if (this.#previous?.day === today) return this.#previous;
    this.#list.append(daySeparator(time));
    return null;
  }

  #append(element, sender, time) {
    this.#list.append(element);
    this.#previous = { sender, time, day: dayOf(time) };
    while (this.#list.childElementCount > keep) {
      const oldest = this.#list.firstElementChild;
      this.#messages.delete(oldest.dataset.event);
      oldest.remove();
    }
  }

  #goTo(id) {
    const target = this.#messages.get(id);
    if (!target) return;
    target.element.scrollIntoView({ block: "center" });
    flash(target.element);
  }
}

// flash draws the eye to a line for a moment; how is the style sheet's.
function flash(element) {
  element.classList.remove("flash");
  void element.offsetWidth; // lets an animation that still runs begin again
  element.classList.add("flash");
}
